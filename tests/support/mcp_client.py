"""The client of the Model Context Protocol, for one conversation."""

import asyncio


def talk(address, action):
    # they take a second, which tests without a server shouldn't pay
    from mcp import ClientSession  # noqa: PLC0415
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415

    async def session():
        async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as client:
            await client.initialize()
            return await action(client)

    return asyncio.run(session())
