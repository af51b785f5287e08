"""Who may see and set figures: the app's whole permission table. The object is a Branch."""

import rules

from hub.rules import is_coordinator, is_federal, is_staff_of_branch

rules.add_perm("reports.view_indicators", is_staff_of_branch)
rules.add_perm("reports.set_plan", is_coordinator)
rules.add_perm("reports.compare_branches", is_federal)
