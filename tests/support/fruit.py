"""A few documents to build an index of."""

from askme.search.documents import Document

FRUIT = {"apple": "苹果", "pear": "梨子", "plum": "李子", "cherry": "樱桃", "lemon": "柠檬", "grape": "葡萄"}
DOCUMENTS = [Document(fruit, "bullet", f"A {fruit} from the garden\n果园里的{zh}") for fruit, zh in FRUIT.items()]
