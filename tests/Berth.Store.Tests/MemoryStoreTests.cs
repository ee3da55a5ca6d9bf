using Berth.Store.Memory;
using Berth.TestKit.Store;

namespace Berth.Store.Tests;

public sealed class MemoryStoreTests : StoreContract
{
    protected override IStore Create() => new MemoryStore();
}
