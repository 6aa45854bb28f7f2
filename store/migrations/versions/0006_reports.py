"""How each question of a conversation went; what sales said with the scores of then; promises that outlive their clock; demo data."""

import json
import uuid
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'

# SQLite can add and drop single columns. A table that is made anew would take the rows with it that hang on its own (ON DELETE CASCADE),
# so defaults here are plain values and columns are dropped outside of a batch.
STEPS = {'mql': 1, 'sal': 2, 'sql': 3, 'opportunity': 4, 'lost': 4, 'won': 5}


def upgrade() -> None:
    """Apply."""
    op.create_table('dispositions',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('lead_id', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=True),
    sa.Column('fit_band', sa.String(length=10), nullable=True),
    sa.Column('intent_band', sa.String(length=10), nullable=True),
    sa.Column('readiness_band', sa.String(length=10), nullable=True),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('unknown', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['leads.id'], name=op.f('fk_dispositions_lead_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispositions'))
    )
    with op.batch_alter_table('dispositions', schema=None) as batch_op:
        batch_op.create_index('ix_dispositions_at', ['at', 'accepted', 'reason', 'lead_id', 'id', 'fit_band', 'intent_band',
                                                     'readiness_band'], unique=False)
        batch_op.create_index('ix_dispositions_lead', ['lead_id', 'at', 'id'], unique=False)
    op.create_table('counted_conversations',
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('segment', sa.String(length=30), nullable=True),
    sa.Column('campaign', sa.String(length=200), nullable=True),
    sa.Column('page_path', sa.String(length=300), nullable=True),
    sa.Column('ended', sa.String(length=12), nullable=False),
    sa.Column('left_at', sa.String(length=30), nullable=True),
    sa.Column('qualified', sa.Boolean(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_counted_conversations_conversation_id'),
                            ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_counted_conversations'))
    )
    with op.batch_alter_table('counted_conversations', schema=None) as batch_op:
        batch_op.create_index('ix_counted_conversations_opened', ['opened_at', 'conversation_id'], unique=False)
    op.create_table('question_outcomes',
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('question', sa.String(length=30), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('corrected', sa.Boolean(), nullable=False),
    sa.Column('qualified', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['counted_conversations.conversation_id'],
                            name=op.f('fk_question_outcomes_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', 'question', name=op.f('pk_question_outcomes'))
    )
    with op.batch_alter_table('question_outcomes', schema=None) as batch_op:
        batch_op.create_index('ix_question_outcomes_reports', ['opened_at', 'question', 'outcome', 'qualified', 'corrected', 'times'],
                              unique=False)
    op.create_table('report_runs',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_report_runs'))
    )
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('demo', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('campaign', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('page_path', sa.String(length=300), nullable=True))
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.add_column(sa.Column('furthest', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('answer_route', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('answer_from_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('answer_due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('answered_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('demo', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('segment', sa.String(length=30), nullable=True))
    _fill()
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.create_index('ix_leads_reports', ['created_at', 'furthest', 'source', 'segment', 'conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_leads_answers', ['answer_from_at', 'answer_route', 'answer_due_at', 'answered_at', 'answered_minutes',
                                                   'respond_by', 'source', 'segment', 'conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_leads_demo', ['demo'], unique=False)


def _fill() -> None:
    """Work out for what is stored already what is kept from now on.

    What sales said keeps the bands of today: those of then were not kept. No promise is made up for clocks that are gone: when they
    started is not known.
    """
    connection = op.get_bind()
    conversations = sa.table('conversations', sa.column('id'), sa.column('utm'), sa.column('page'), sa.column('campaign'),
                             sa.column('page_path'))
    for conversation_id, utm, page in connection.execute(sa.select(conversations.c.id, conversations.c.utm, conversations.c.page)).all():
        utm, page = _data(utm), _data(page)
        connection.execute(conversations.update().where(conversations.c.id == conversation_id).values(
            campaign=(utm.get('utm_campaign') or utm.get('campaign') or '')[:200] or None,
            page_path=urlsplit(page.get('url') or '').path[:300] or None,
        ))
    at = sa.DateTime(timezone=True)
    moves = sa.table('stage_changes', sa.column('lead_id'), sa.column('stage_to'), sa.column('at', at), sa.column('rule'), sa.column('by'))
    furthest: dict[str, int] = {}
    said = []
    for lead_id, stage_to, moved_at, rule, by in connection.execute(
        sa.select(moves.c.lead_id, moves.c.stage_to, moves.c.at, moves.c.rule, moves.c.by)
    ).all():
        furthest[lead_id] = max(furthest.get(lead_id, 0), STEPS.get(stage_to, 0))
        if rule == 'accept' or rule.startswith('reject.'):
            said.append((lead_id, moved_at, rule, by))
    leads = sa.table('leads', sa.column('id'), sa.column('facts'), sa.column('assessment'), sa.column('stage'), sa.column('segment'),
                     sa.column('furthest'), sa.column('fit_band'), sa.column('intent_band'), sa.column('readiness_band'))
    scored = {}
    for lead_id, facts, assessment, stage, *bands in connection.execute(sa.select(
        leads.c.id, leads.c.facts, leads.c.assessment, leads.c.stage, leads.c.fit_band, leads.c.intent_band, leads.c.readiness_band
    )).all():
        connection.execute(leads.update().where(leads.c.id == lead_id).values(
            segment=(_data(facts).get('org_type') or {}).get('value'), furthest=max(furthest.get(lead_id, 0), STEPS.get(stage, 0)),
        ))
        scored[lead_id] = (_data(assessment), bands)
    dispositions = sa.table('dispositions', *(sa.column(name) for name in ('id', 'lead_id', 'by', 'reason', 'fit_band', 'intent_band',
                            'readiness_band')), sa.column('at', at), sa.column('accepted', sa.Boolean()), sa.column('rules', sa.JSON()),
                            sa.column('unknown', sa.JSON()))
    for lead_id, moved_at, rule, by in said:
        assessment, bands = scored[lead_id]
        rules = [[one['rule'], one['points'], one['value'] if isinstance(one['value'], str) else None, one['source']]
                 for score in assessment.get('scores', {}).values() for one in score.get('contributions', [])]
        connection.execute(dispositions.insert().values(
            id=uuid.uuid4().hex, lead_id=lead_id, at=moved_at, by=by, accepted=rule == 'accept', reason=rule.partition('.')[2] or None,
            fit_band=bands[0], intent_band=bands[1], readiness_band=bands[2], rules=rules, unknown=assessment.get('missing', []),
        ))


def _data(stored: Any) -> dict[str, Any]:
    return dict(json.loads(stored) if isinstance(stored, str) else stored)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.drop_index('ix_leads_demo')
        batch_op.drop_index('ix_leads_answers')
        batch_op.drop_index('ix_leads_reports')
    for column in ('furthest', 'answer_route', 'answer_from_at', 'answer_due_at', 'answered_at', 'answered_minutes', 'demo', 'segment'):
        op.drop_column('leads', column)
    for column in ('demo', 'campaign', 'page_path'):
        op.drop_column('conversations', column)
    for table in ('question_outcomes', 'counted_conversations', 'report_runs', 'dispositions'):
        op.drop_table(table)
