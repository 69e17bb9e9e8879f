"""Another candidate's résumé, as small as one can be: what the tests break, change and rebuild."""

import yaml

from askme.types import Localized

ZH = """\
---
name: 王小明
name_en: Wang Xiaoming
headline: 面点师
headline_en: Pastry cook
---

# 王小明 {#profile}

- 电话 138-****-0000 {#contact}

# 工作经历 {#work}

## 海燕面包房 - 主厨 {#bakery kind=job period=2022-03/..}

- 带领 12 人的团队

### 酸面团改良 {#bakery.sourdough}

- 发酵时间从 20 小时降至 14 小时
- 2023 年销量提升 35%，收入 120 万元

## 蓝鲸酒店 - 学徒 {#hotel kind=job period=2019-01/2021-12}

- 制作婚礼蛋糕
"""

EN = """\
---
language: en
---

# Wang Xiaoming {#profile}

- Phone 138-****-0000 {#contact}

# Work experience {#work}

## Petrel Bakery - Head baker {#bakery kind=job period=2022-03/..}

- Leads a team of 12

### Better sourdough {#bakery.sourdough}

- Fermentation time cut from 20 hours to 14 hours
- Sales up 35% in 2023, revenue of 1.2 million yuan

## Blue Whale Hotel - Apprentice {#hotel kind=job period=2019-01/2021-12}

- Made wedding cakes
"""

IDS = (
    *("profile", "contact", "bakery", "bakery.1", "bakery.sourdough"),
    *("bakery.sourdough.1", "bakery.sourdough.2", "hotel", "hotel.1"),
)

ALIASES = {
    "candidate": ["王小明", "Wang Xiaoming"],
    "names": {
        "bakery": ["海燕面包房", "海燕", "Petrel Bakery", "Petrel"],
        "hotel": ["蓝鲸酒店", "蓝鲸", "Blue Whale Hotel", "Blue Whale"],
        "bakery.sourdough": ["酸面团", "sourdough"],
    },
}

NOT_STATED = [
    {
        "id": "salary",
        "status": "not_in_resume",
        "questions": {
            "zh": ["期望薪资多少", "月薪多少"],
            "en": ["what salary does he expect", "how much does he earn"],
        },
        "words": {"zh": ["薪资", "工资"], "en": ["salary", "pay"]},
        "answer": {"zh": "简历没有写薪资。", "en": "The résumé doesn't state a salary."},
        "near": ["contact"],
    }
]


def search_help(bullet):
    """Return as much search help as a bullet needs, in words that stand for that bullet only."""
    word = bullet.replace(".", "")
    return {
        "questions": {"zh": [f"问{word}题{n}" for n in range(5)], "en": [f"question{n} on {word}" for n in range(5)]},
        "words": {"zh": [f"词{word}条{n}" for n in range(10)], "en": [f"{word}word{n}" for n in range(10)]},
    }


def write(folder):
    """Write the whole knowledge folder."""
    (folder / "expansions").mkdir(parents=True)
    (folder / "resume.zh.md").write_text(ZH, encoding="utf-8")
    (folder / "resume.en.md").write_text(EN, encoding="utf-8")
    dump(folder / "expansions/all.yaml", {bullet: search_help(bullet) for bullet in IDS})
    dump(folder / "aliases.yaml", ALIASES)
    dump(folder / "not_stated.yaml", NOT_STATED)


def both(zh, en):
    """A text written in Chinese, with its English rendering."""
    return Localized.of("zh", {"zh": zh, "en": en})


def dump(path, content):
    """Write YAML as a person would."""
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
