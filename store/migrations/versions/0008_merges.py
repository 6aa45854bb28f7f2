"""Merges of leads, with what undoes them; the account and the address of a lead as columns."""

import json

import sqlalchemy as sa
from alembic import op

from leads.organisations import account_domain, person_key

revision = '0008'
down_revision = '0007'

INBOX = ['stage', 'respond_by', 'owner', 'queue', 'route', 'status', 'snoozed_until', 'fit_band', 'created_at', 'id']


def upgrade() -> None:
    """Apply."""
    op.create_table('merges',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kept_id', sa.String(length=32), nullable=False),
    sa.Column('gone_id', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=320), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=320), nullable=True),
    sa.ForeignKeyConstraint(['kept_id'], ['leads.id'], name=op.f('fk_merges_kept_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['gone_id'], ['leads.id'], name=op.f('fk_merges_gone_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges'))
    )
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merges_kept_id'), ['kept_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merges_gone_id'), ['gone_id'], unique=False)
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.drop_index('ix_leads_inbox')
        batch_op.drop_index('ix_leads_domain')
        batch_op.add_column(sa.Column('merged_into', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('email', sa.String(length=320), nullable=True))
    _fill(with_accounts=True)
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.create_index('ix_leads_inbox', [*INBOX, 'merged_into'], unique=False)
        batch_op.create_index('ix_leads_account', ['domain', 'merged_into', 'updated_at', 'stage', 'email', 'id'], unique=False)
        batch_op.create_index('ix_leads_email', ['email', 'merged_into', 'created_at', 'stage', 'owner', 'id'], unique=False)
        batch_op.create_index('ix_leads_merged', ['merged_into'], unique=False, sqlite_where=sa.text('merged_into IS NOT NULL'),
                              postgresql_where=sa.text('merged_into IS NOT NULL'))


def _fill(*, with_accounts: bool) -> None:
    leads = sa.table('leads', sa.column('id'), sa.column('contact'), sa.column('domain'), sa.column('email'))
    connection = op.get_bind()
    for lead_id, contact in connection.execute(sa.select(leads.c.id, leads.c.contact)).all():
        contact = json.loads(contact) if isinstance(contact, str) else contact
        email = contact.get('email') or ''
        if with_accounts:
            values = {'domain': account_domain(email), 'email': (person_key(email) or '')[:320] or None}
        else:
            values = {'domain': email.rpartition('@')[2].lower()[:255] or None}
        connection.execute(leads.update().where(leads.c.id == lead_id).values(**values))


def downgrade() -> None:
    """Undo. A merged lead stays in the lists of the version before; who stood in for it keeps what it was given."""
    with op.batch_alter_table('leads', schema=None) as batch_op:
        for index in ('ix_leads_merged', 'ix_leads_email', 'ix_leads_account', 'ix_leads_inbox'):
            batch_op.drop_index(index)
    with op.batch_alter_table('leads', schema=None) as batch_op:
        for column in ('email', 'merged_into'):
            batch_op.drop_column(column)
    _fill(with_accounts=False)
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.create_index('ix_leads_inbox', INBOX, unique=False)
        batch_op.create_index('ix_leads_domain', ['domain'], unique=False)
    op.drop_table('merges')
