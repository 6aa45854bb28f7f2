"""Scopes of keys; reasons of moves; what people did with leads; the audit trail; columns that lists filter by."""

import json

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'

# A key that was made before there were scopes might do all of this.
ALL_SCOPES = ["read_texts", "see_leads", "add_leads", "call", "correct_facts", "take_out", "snooze", "decide", "tell_outcome",
              "hand_on", "reassign"]
SEARCHED = ("name", "email", "company")


def upgrade() -> None:
    """Apply."""
    op.create_table('lead_events',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('lead_id', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('why', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name=op.f('fk_lead_events_lead_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead_events'))
    )
    with op.batch_alter_table('lead_events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lead_events_lead_id'), ['lead_id'], unique=False)
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=320), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('lead_id', sa.String(length=32), nullable=True),
    sa.Column('detail', sa.String(length=500), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_by'), ['by'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_lead_id'), ['lead_id'], unique=False)
    with op.batch_alter_table('stage_changes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('why', sa.Text(), nullable=True))
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scopes', sa.JSON(), server_default='[]', nullable=False))
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.add_column(sa.Column('snoozed_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('domain', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('search_text', sa.String(length=500), server_default='', nullable=False))
        for band in ('fit_band', 'intent_band', 'readiness_band'):
            batch_op.add_column(sa.Column(band, sa.String(length=10), nullable=True))
    _fill()
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.create_index('ix_leads_domain', ['domain'], unique=False)
        batch_op.create_index('ix_leads_search', ['search_text', 'id'], unique=False)
        batch_op.create_index('ix_leads_inbox', ['stage', 'respond_by', 'owner', 'queue', 'route', 'status', 'snoozed_until', 'fit_band',
                                                 'created_at', 'id'], unique=False)


def _fill() -> None:
    keys = sa.table('api_keys', sa.column('scopes', sa.JSON()))
    op.execute(keys.update().values(scopes=ALL_SCOPES))
    leads = sa.table('leads', sa.column('id'), sa.column('contact'), sa.column('assessment'), sa.column('domain'), sa.column('search_text'),
                     sa.column('fit_band'), sa.column('intent_band'), sa.column('readiness_band'))
    connection = op.get_bind()
    for lead_id, contact, assessment in connection.execute(sa.select(leads.c.id, leads.c.contact, leads.c.assessment)).all():
        contact = json.loads(contact) if isinstance(contact, str) else contact
        assessment = json.loads(assessment) if isinstance(assessment, str) else assessment
        scores = assessment.get('scores', {})
        bands = {f'{name}_band': scores.get(name, {}).get('band') for name in ('fit', 'intent', 'readiness')}
        words = [contact.get(name) for name in SEARCHED if contact.get(name)]
        connection.execute(leads.update().where(leads.c.id == lead_id).values(
            domain=(contact.get('email') or '').rpartition('@')[2].lower()[:255] or None, search_text=' '.join(words).lower()[:500], **bands,
        ))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('leads', schema=None) as batch_op:
        for index in ('ix_leads_inbox', 'ix_leads_search', 'ix_leads_domain'):
            batch_op.drop_index(index)
    with op.batch_alter_table('leads', schema=None) as batch_op:
        for column in ('snoozed_until', 'domain', 'search_text', 'fit_band', 'intent_band', 'readiness_band'):
            batch_op.drop_column(column)
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.drop_column('scopes')
    with op.batch_alter_table('stage_changes', schema=None) as batch_op:
        batch_op.drop_column('why')
    op.drop_table('audit')
    op.drop_table('lead_events')
