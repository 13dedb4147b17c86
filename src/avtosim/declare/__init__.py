"""How facts are declared and checked: faults, rules, fields."""
