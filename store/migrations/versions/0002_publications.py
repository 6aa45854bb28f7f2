"""Publications of playbooks; the file a text stood in; the playbook a conversation began with."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    """Apply."""
    op.create_table('publications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['digest'], ['playbooks.digest'], name=op.f('fk_publications_digest')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publications'))
    )
    with op.batch_alter_table('playbooks', schema=None) as batch_op:
        batch_op.add_column(sa.Column('file', sa.String(length=200), server_default='', nullable=False))
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('playbook_digest', sa.String(length=64), server_default='', nullable=False))
    op.execute("UPDATE playbooks SET file = name || '.yml', published_by = 'file' WHERE file = ''")


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_column('playbook_digest')
    with op.batch_alter_table('playbooks', schema=None) as batch_op:
        batch_op.drop_column('file')
    op.drop_table('publications')
