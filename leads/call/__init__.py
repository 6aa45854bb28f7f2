"""The guided call: a rep talks, notes are read, facts count once the rep has accepted them, and the lead is handed over at the end."""
