"""Times, money and counts read from a message: pure functions over text, the same on every Python the project runs."""

from bot.values.contract_end import read_contract_end
from bot.values.counts import read_counts
from bot.values.found import Found
from bot.values.money import read_money
from bot.values.timeline import read_timeline

__all__ = ["Found", "read_contract_end", "read_counts", "read_money", "read_timeline"]
