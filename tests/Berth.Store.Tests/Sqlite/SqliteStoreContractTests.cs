using Berth.Store.Sqlite;
using Berth.TestKit.Store;

namespace Berth.Store.Tests.Sqlite;

public sealed class SqliteStoreContractTests : StoreContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _stores;

    public void Dispose() => _directory.Dispose();

    protected override IStore Create() =>
        SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.File($"{_stores++}") });
}
