"""The portal's bot in Telegram: off until TELEGRAM_TOKEN names it.

    bot      the Bot API: one call, its answer or what went wrong
    linking  whose chat is whose: one-time codes, leaving
    updates  what people write to the bot, and what it answers

Of a person only the number of the chat is kept. The way out is `hub/outbox/channels/telegram.py`.
"""
