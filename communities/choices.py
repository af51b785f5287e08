"""Named sets of the registry. Values are short codes: they go into the database and into addresses."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Listing(TextChoices):
    """Whether the city sees a community."""

    UNLISTED = "unlisted", _("Не показывается")
    LISTED = "listed", _("В каталоге")
    ARCHIVED = "archived", _("В архиве")
    MERGED = "merged", _("Объединено с другим")


class Direction(TextChoices):
    """Six directions in which communities change a territory."""

    PLACE = "place", _("Среда проживания")
    CULTURE = "culture", _("Культурный код")
    GROUP = "group", _("Социальные группы")
    HUMAN = "human", _("Человеческий капитал")
    PLAN = "plan", _("Стратегия города")
    BRING = "bring", _("Внешние ресурсы")


class Topic(TextChoices):
    ECOLOGY = "ecology", _("Экология")
    YARDS = "yards", _("Дворы и соседство")
    TRAILS = "trails", _("Тропы и походы")
    SPORT = "sport", _("Спорт")
    HEALTH = "health", _("Здоровье")
    ANIMALS = "animals", _("Животные")
    GARDENS = "gardens", _("Сады и огороды")
    HERITAGE = "heritage", _("Наследие и краеведение")
    PEOPLES = "peoples", _("Культуры народов")
    MUSIC = "music", _("Музыка и танец")
    THEATRE = "theatre", _("Театр и кино")
    CRAFT = "craft", _("Ремёсла")
    FOOD = "food", _("Еда и чай")
    BOOKS = "books", _("Книги и речь")
    GAMES = "games", _("Игры")
    SCIENCE = "science", _("Наука и техника")
    IT = "it", _("Цифра и код")
    LEARNING = "learning", _("Обучение")
    CHILDREN = "children", _("Дети и родители")
    YOUTH = "youth", _("Молодёжь")
    SENIORS = "seniors", _("Старшее поколение")
    DISABILITY = "disability", _("Инвалидность и доступность")
    VETERANS = "veterans", _("Ветераны")
    CHARITY = "charity", _("Благотворительность")
    BUSINESS = "business", _("Дело и предпринимательство")
    TOURISM = "tourism", _("Гостеприимство")
    URBAN = "urban", _("Город и транспорт")
    MEDIA = "media", _("Медиа")


class Age(TextChoices):
    """Whom a community is for."""

    FAMILIES = "families", _("Семьи с детьми")
    CHILDREN = "children", _("Дети до 12")
    TEENS = "teens", _("Подростки 12–17")
    YOUTH = "youth", _("Молодёжь 18–35")
    ADULTS = "adults", _("Взрослые 36–55")
    SENIORS = "seniors", _("Старше 55")


class Format(TextChoices):
    LIVE = "live", _("Вживую")
    ONLINE = "online", _("В сети")
    BOTH = "both", _("И так и так")
    OCCASION = "occasion", _("По случаю")


class Rhythm(TextChoices):
    WEEKLY = "weekly", _("Каждую неделю")
    FORTNIGHTLY = "fortnightly", _("Раз в две недели")
    MONTHLY = "monthly", _("Раз в месяц")
    SEASONAL = "seasonal", _("По сезону")
    OCCASION = "occasion", _("По случаю")


class Days(TextChoices):
    WEEKDAYS = "weekdays", _("По будням днём")
    EVENINGS = "evenings", _("По будням вечером")
    WEEKENDS = "weekends", _("По выходным")


class Joining(TextChoices):
    OPEN = "open", _("Просто прийти")
    ASK = "ask", _("Сначала написать лидеру")
    INVITED = "invited", _("По приглашению участника")


class Premises(TextChoices):
    FREE = "free", _("Да, пускают бесплатно")
    OWN = "own", _("Да, своё")
    RENT = "rent", _("Арендуем")
    NONE = "none", _("Нет")


class LegalForm(TextChoices):
    NONE = "none", _("Без юридического лица")
    NGO = "ngo", _("НКО (АНО, фонд, общественная организация)")
    TOS = "tos", _("ТОС")
    BUDGET = "budget", _("При учреждении")
    BUSINESS = "business", _("ИП или ООО")
    OTHER = "other", _("Другое")


class Language(TextChoices):
    RUSSIAN = "ru", _("Русский")
    ARMENIAN = "hy", _("Армянский")
    ADYGHE = "ady", _("Адыгский")
    GEORGIAN = "ka", _("Грузинский")
    GREEK = "el", _("Греческий")
    TURKISH = "tr", _("Турецкий")
    UKRAINIAN = "uk", _("Украинский")
    ENGLISH = "en", _("Английский")
    SIGN = "sgn", _("Русский жестовый")
    OTHER = "other", _("Другой")


class Criterion(TextChoices):
    """Six criteria of a community; each is answered on a scale of 1–5 by the leader."""

    TIES = "ties", _("Развитые внутренние связи")
    EXCHANGE = "exchange", _("Обмен информацией")
    TASKS = "tasks", _("Общие задачи")
    OURS = "ours", _("Отличаем своих от других")
    VALUES = "values", _("Очерченные общие ценности")
    AGENCY = "agency", _("Субъектность")


class Scenario(TextChoices):
    """Towards the administration and other stakeholders."""

    INTEGRATION = "integration", _("Действуем вместе")
    NEUTRALITY = "neutrality", _("Сами по себе")
    CONFRONTATION = "confrontation", _("Спорим")


class Factor(TextChoices):
    LOW_BASE = "low_base", _("До нас этого в городе не было")
    ADMINISTRATION = "administration", _("Администрация вовлечена")
    LEADER = "leader", _("Лидер привлекает внешние ресурсы")
    TEAM = "team", _("Сильная команда")
    PARTNERS = "partners", _("Партнёры и друзья")
    MEDIA = "media", _("О нас рассказывают")


class Barrier(TextChoices):
    HEADS = "heads", _("Смена руководства города")
    BUSINESS = "business", _("Нет опыта с бизнесом")
    PEOPLE = "people", _("Не хватает людей и умений")
    RECOGNITION = "recognition", _("Не хватает признания")
    MONEY = "money", _("Не хватает денег")
    ROOM = "room", _("Негде собираться")


class Money(TextChoices):
    """Where money comes from."""

    NOTHING = "nothing", _("Обходимся без денег")
    OWN = "own", _("Свои средства лидера")
    DUES = "dues", _("Членские взносы")
    DONATIONS = "donations", _("Пожертвования и меценаты")
    SPONSORS = "sponsors", _("Спонсоры")
    GRANTS = "grants", _("Гранты и субсидии")
    EARNED = "earned", _("Зарабатываем сами")


class ResourceKind(TextChoices):
    """What communities can give and look for."""

    ROOM = "room", _("Помещение")
    EQUIPMENT = "equipment", _("Оборудование")
    SKILL = "skill", _("Умения")
    PEOPLE = "people", _("Люди")
    MEDIA = "media", _("Медиа")
    MONEY = "money", _("Деньги")
    CONTACTS = "contacts", _("Знакомства")


class StewardRole(TextChoices):
    LEADER = "leader", _("Лидер")
    CO_LEADER = "co_leader", _("Солидер")
    EDITOR = "editor", _("Редактор")


#: They speak for the community: submit, answer, promise. An editor writes with them.
SPEAKING = (StewardRole.LEADER, StewardRole.CO_LEADER)


class ContactKind(TextChoices):
    PHONE = "phone", _("Телефон")
    EMAIL = "email", _("Почта")
    TELEGRAM = "telegram", _("Telegram")
    VK = "vk", _("ВКонтакте")


class Fate(TextChoices):
    """What becomes of a row of an imported table."""

    NEW = "new", _("Новое")
    UPDATE = "update", _("Обновление")
    SAME = "same", _("Без изменений")
    DUPLICATE = "duplicate", _("Похоже на дубль")
    REFUSED = "refused", _("Не принято")


class ImportStage(TextChoices):
    UPLOADED = "uploaded", _("Файл загружен")
    PLANNED = "planned", _("Проверено")
    RUNNING = "running", _("Идёт импорт")
    DONE = "done", _("Готово")
    FAILED = "failed", _("Не удалось")
