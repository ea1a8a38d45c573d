"""Two channels in memory: who is in both, why, and one portrait.

Run it with `python examples/two_channels.py`.
"""

import pandas as pd

import retrato

crm = pd.DataFrame(
    {
        "customer_no": ["7", "8", "9"],
        "name": ["Pedro Ruiz Gómez", "Lucía Ruiz Gómez", "John Smith"],
        "mobile": ["+34 600 11 22 33", "+34 600 11 22 33", "+44 7400 123456"],
        "email": ["pedro@ruiz.es", "lucia@ruiz.es", "john.smith@example.co.uk"],
        "birth date": ["1978-04-12", "2006-01-30", "1985-11-02"],
    }
)
web = pd.DataFrame(
    {
        "id": ["a1", "a2"],
        "first name": ["PEDRO", "J."],
        "last name": ["Ruiz", "Smith"],
        "phone": ["600112233", "07400 123456"],
        "e-mail": ["Pedro@Ruiz.es", "john.smith@example.co.uk"],
        "country": ["ES", "GB"],
    }
)

resolution = retrato.resolve(
    [
        retrato.Source("crm", crm, key="customer_no", region="ES"),
        retrato.Source("web", web, key="id"),
    ]
)
print(resolution)
print(resolution.table("profiles", "pandas")[["name", "phones", "emails", "records"]].to_string(index=False))
print()
print(resolution.explain(("crm", "7"), ("web", "a1")))
print()
print(resolution.explain(("crm", "7"), ("crm", "8")))
print()
best = resolution.find(phone="600 112 233", name="Pedro")[0]
print(resolution.profile(best.profile_id))
