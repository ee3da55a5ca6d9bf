using System.Diagnostics;
using Berth.Store.Sqlite;

namespace Berth.Store.Tests.Sqlite;

/// <summary>Without space the store refuses writes, answers reads, loses nothing, and goes on when there is space again.</summary>
public sealed class SqliteStoreFullTests
{
    private const int ValueBytes = 64 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commit_AtTheStoresLimit_IsRefusedUntilCompactionMakesRoom()
    {
        using var directory = new TemporaryDirectory();
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Directory = directory.Path, MaxBytes = 2 * 1024 * 1024 });
        var written = await FillAsync(store);
        Assert.InRange(written, 10, 32);
        await AssertReadableAsync(store, written);

        for (var i = 0; i < written; i++) Assert.IsType<StoreOutcome.Committed>(await CommitDeleteAsync(store, i));
        await store.CompactAsync(store.Current, Cancellation);
        Assert.InRange(await FillAsync(store), 10, 32);
    }

    [Fact]
    public async Task Commit_OnAFullDisk_IsRefusedUntilThereIsSpace()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a small file system can be mounted only by root");
        using var directory = new TemporaryDirectory();
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory.Path);
        try
        {
            await using (var store = Open())
            {
                var ballast = directory.File("ballast");
                await File.WriteAllBytesAsync(ballast, new byte[2 * 1024 * 1024], Cancellation);
                var written = await FillAsync(store);
                Assert.InRange(written, 5, 40);
                await AssertReadableAsync(store, written);
                await Assert.ThrowsAsync<StoreFullException>(() => CommitPutAsync(store, written));

                File.Delete(ballast);
                Assert.Equal(new StoreOutcome.Committed(new Revision(written + 1)), await CommitPutAsync(store, written));
                await AssertReadableAsync(store, written + 1);
            }

            await using (var store = Open())
                await AssertReadableAsync(store, (int)store.Current.Value);
        }
        finally
        {
            await RunAsync("umount", directory.Path);
        }

        SqliteStore Open() => SqliteStore.Open(new SqliteStoreOptions { Directory = directory.Path });
    }

    private static async Task<int> FillAsync(SqliteStore store)
    {
        var before = store.Current;
        for (var i = 0; i < 1000; i++)
        {
            try
            {
                Assert.IsType<StoreOutcome.Committed>(await CommitPutAsync(store, i));
            }
            catch (StoreFullException e)
            {
                Assert.Contains(store.Path, e.Message);
                Assert.Equal(before.Value + i, store.Current.Value);
                return i;
            }
        }

        Assert.Fail("there was no end to the space");
        return 0;
    }

    private static async Task AssertReadableAsync(SqliteStore store, int count)
    {
        var page = await store.ListAsync("/", cancellation: Cancellation);
        Assert.Equal(count, page.Entries.Count);
        Assert.Equal(count, page.Revision.Value);
        Assert.All(page.Entries, entry => Assert.Equal(Value(int.Parse(entry.Key[1..])), entry.Value.ToArray()));
    }

    private static Task<StoreOutcome> CommitPutAsync(SqliteStore store, int number) =>
        store.CommitAsync(StoreTransaction.Put($"/{number}", Value(number)), Cancellation).AsTask();

    private static Task<StoreOutcome> CommitDeleteAsync(SqliteStore store, int number) =>
        store.CommitAsync(StoreTransaction.Delete($"/{number}"), Cancellation).AsTask();

    private static byte[] Value(int number)
    {
        var value = new byte[ValueBytes];
        new Random(number).NextBytes(value);
        return value;
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, process.ExitCode);
    }
}
