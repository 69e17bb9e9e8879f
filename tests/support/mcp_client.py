"""The client of the Model Context Protocol, for one conversation."""

import asyncio

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


def talk(address, action):
    async def session():
        async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as client:
            await client.initialize()
            return await action(client)

    return asyncio.run(session())
