"""What clocks did: reminders, escalations, notices to staff."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    """Apply."""
    op.create_table('clock_steps',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('lead_id', sa.String(length=32), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('person', sa.String(length=320), nullable=True),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name=op.f('fk_clock_steps_lead_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_steps')),
    sa.UniqueConstraint('lead_id', 'due_at', 'name', name='uq_clock_steps_once')
    )
    op.create_table('notices',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('to', sa.String(length=320), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lead_id', sa.String(length=32), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mail', sa.String(length=10), nullable=False),
    sa.Column('mail_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name=op.f('fk_notices_lead_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_lead_id'), ['lead_id'], unique=False)
        batch_op.create_index('ix_notices_of', ['to', 'read_at', 'at'], unique=False)
        batch_op.create_index('ix_notices_mail', ['mail', 'mail_at'], unique=False)
    op.create_table('mail_attempts',
    sa.Column('notice_id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.String(length=10), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_mail_attempts_notice_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('notice_id', 'number', name=op.f('pk_mail_attempts'))
    )
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.add_column(sa.Column('clock_at', sa.DateTime(timezone=True), nullable=True))
    leads = sa.table('leads', sa.column('clock_at', sa.DateTime(timezone=True)), sa.column('respond_by'), sa.column('snoozed_until'),
                     sa.column('route'))
    has_clock = sa.or_(leads.c.respond_by.is_not(None), leads.c.snoozed_until.is_not(None), leads.c.route == 'nurture')
    op.execute(leads.update().where(has_clock).values(clock_at=datetime(1970, 1, 1, tzinfo=UTC)))
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.create_index('ix_leads_clock', ['clock_at'], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.drop_index('ix_leads_clock')
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.drop_column('clock_at')
    op.drop_table('mail_attempts')
    op.drop_table('notices')
    op.drop_table('clock_steps')
