"""Whose turn it is in each queue, and an index to count the open leads of an owner."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    """Apply."""
    op.create_table('rotations',
    sa.Column('playbook', sa.String(length=80), nullable=False),
    sa.Column('queue', sa.String(length=80), nullable=False),
    sa.Column('credits', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('playbook', 'queue', name=op.f('pk_rotations'))
    )
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.create_index('ix_leads_owner', ['owner', 'stage'], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('leads', schema=None) as batch_op:
        batch_op.drop_index('ix_leads_owner')

    op.drop_table('rotations')
