"""Events and their dates."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0003_reminder_indexes'),
        ('hub', '0005_notification_without_state'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Черновик'), ('submitted', 'На проверке'), ('returned', 'Вернули'), ('approved', 'Одобрено'), ('imported', 'Не подтверждено'), ('retired', 'В истории')], default='draft', editable=False, max_length=10, verbose_name='состояние')),
                ('submitted_at', models.DateTimeField(editable=False, null=True, verbose_name='отправлено')),
                ('decide_by', models.DateTimeField(editable=False, null=True, verbose_name='решить до')),
                ('decided_at', models.DateTimeField(editable=False, null=True, verbose_name='решено')),
                ('slug', models.SlugField(max_length=100, verbose_name='адрес')),
                ('uid', models.CharField(editable=False, max_length=255)),
                ('title', models.CharField(max_length=120, verbose_name='название')),
                ('short', models.CharField(blank=True, max_length=200, verbose_name='коротко')),
                ('description', models.TextField(blank=True, max_length=4000, verbose_name='о событии')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ecology', 'Экология'), ('yards', 'Дворы и соседство'), ('trails', 'Тропы и походы'), ('sport', 'Спорт'), ('health', 'Здоровье'), ('animals', 'Животные'), ('gardens', 'Сады и огороды'), ('heritage', 'Наследие и краеведение'), ('peoples', 'Культуры народов'), ('music', 'Музыка и танец'), ('theatre', 'Театр и кино'), ('craft', 'Ремёсла'), ('food', 'Еда и чай'), ('books', 'Книги и речь'), ('games', 'Игры'), ('science', 'Наука и техника'), ('it', 'Цифра и код'), ('learning', 'Обучение'), ('children', 'Дети и родители'), ('youth', 'Молодёжь'), ('seniors', 'Старшее поколение'), ('disability', 'Инвалидность и доступность'), ('veterans', 'Ветераны'), ('charity', 'Благотворительность'), ('business', 'Дело и предпринимательство'), ('tourism', 'Гостеприимство'), ('urban', 'Город и транспорт'), ('media', 'Медиа')], max_length=16), blank=True, default=list, size=None, verbose_name='темы')),
                ('ages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('families', 'Семьи с детьми'), ('children', 'Дети до 12'), ('teens', 'Подростки 12–17'), ('youth', 'Молодёжь 18–35'), ('adults', 'Взрослые 36–55'), ('seniors', 'Старше 55')], max_length=16), blank=True, default=list, size=None, verbose_name='для кого')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='где именно')),
                ('online_url', models.URLField(blank=True, verbose_name='ссылка на трансляцию')),
                ('is_free', models.BooleanField(default=True, verbose_name='бесплатно')),
                ('price', models.CharField(blank=True, max_length=80, verbose_name='сколько стоит')),
                ('is_state', models.BooleanField(default=False, verbose_name='государственное')),
                ('goal', models.CharField(blank=True, max_length=200, verbose_name='какой цели города служит')),
                ('starts_at', models.DateTimeField(verbose_name='начало')),
                ('ends_at', models.DateTimeField(verbose_name='конец')),
                ('timezone', models.CharField(max_length=64)),
                ('all_day', models.BooleanField(default=False, verbose_name='весь день')),
                ('rrule', models.CharField(blank=True, max_length=300, verbose_name='повторяется')),
                ('exdates', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), blank=True, default=list, size=None)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('cancelled_at', models.DateTimeField(editable=False, null=True)),
                ('cancelled_because', models.CharField(blank=True, max_length=300, verbose_name='почему отменено')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='hub.branch')),
                ('cover', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='hub.upload', verbose_name='обложка')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followed_by', to='events.event')),
                ('submitted_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'событие',
                'verbose_name_plural': 'события',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TrustedOrganiser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='trusted_organiser', to='communities.community')),
            ],
            options={
                'verbose_name': 'доверенный организатор',
                'verbose_name_plural': 'доверенные организаторы',
            },
        ),
        migrations.CreateModel(
            name='Venue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='название')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='адрес')),
                ('lat', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='широта')),
                ('lng', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='долгота')),
                ('accessible', models.BooleanField(default=False, verbose_name='доступно на коляске')),
                ('is_roomy', models.BooleanField(default=False, verbose_name='места хватает нескольким событиям')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='venues', to='hub.branch')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hub.district', verbose_name='район')),
            ],
            options={
                'verbose_name': 'площадка',
                'verbose_name_plural': 'площадки',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Occurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was_at', models.DateTimeField()),
                ('starts_at', models.DateTimeField(verbose_name='начало')),
                ('ends_at', models.DateTimeField(verbose_name='конец')),
                ('is_moved', models.BooleanField(default=False)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='что изменилось')),
                ('is_listed', models.BooleanField(default=False)),
                ('day', models.DateField()),
                ('last_day', models.DateField()),
                ('all_day', models.BooleanField(default=False)),
                ('slug', models.SlugField(db_index=False, max_length=100)),
                ('title', models.CharField(max_length=120)),
                ('place', models.CharField(blank=True, max_length=330)),
                ('lat', models.FloatField(null=True)),
                ('lng', models.FloatField(null=True)),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('ages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None)),
                ('communities', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('is_state', models.BooleanField(default=False)),
                ('is_free', models.BooleanField(default=True)),
                ('is_online', models.BooleanField(default=False)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hub.branch')),
                ('district', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hub.district')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='events.event')),
                ('venue', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.venue')),
            ],
            options={
                'verbose_name': 'дата события',
                'verbose_name_plural': 'даты событий',
            },
        ),
        migrations.AddField(
            model_name='event',
            name='venue',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='events.venue', verbose_name='площадка'),
        ),
        migrations.CreateModel(
            name='Organiser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('invited', 'Приглашено'), ('accepted', 'Участвует'), ('declined', 'Отказалось')], default='invited', editable=False, max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organised', to='communities.community')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='organisers', to='events.event')),
            ],
            options={
                'verbose_name': 'организатор',
                'verbose_name_plural': 'организаторы',
                'constraints': [models.UniqueConstraint(fields=('event', 'community'), name='organiser_once'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='organiser_answered_who_and_when')],
            },
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.UniqueConstraint(fields=('branch', 'name'), name='venue_once'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(condition=models.Q(('is_listed', True)), fields=['branch', 'day', 'starts_at', 'id'], name='occurrence_calendar'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(condition=models.Q(('is_listed', True), ('last_day__gt', models.F('day'))), fields=['branch', 'last_day'], name='occurrence_long'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(condition=models.Q(('cancelled_at', None)), fields=['venue', 'starts_at'], name='occurrence_at_venue'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.UniqueConstraint(fields=('event', 'was_at'), name='occurrence_once'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='occurrence_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('day'))), name='occurrence_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('state', 'submitted')), fields=['branch', 'submitted_at'], name='event_queue'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at', None), ('submitted_by', None)), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='event_submitted_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='event_decided_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['submitted', 'returned', 'approved']), _negated=True), ('submitted_at__isnull', False), _connector='OR'), name='event_submitted_before_review'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['returned', 'approved']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='event_decided_when_final'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), ('submitted_by', None), models.Q(('decided_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='event_not_decided_by_submitter'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('branch', 'slug'), name='event_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('uid',), name='event_uid_once'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='event_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_free', True), _negated=True), ('price', ''), _connector='OR'), name='event_free_has_no_price'),
        ),
    ]
