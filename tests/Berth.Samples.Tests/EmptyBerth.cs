namespace Berth.Samples.Tests;

/// <summary>A Berth without pods for all tests of a class; purged at the end.</summary>
public sealed class EmptyBerth : IAsyncLifetime
{
    private BerthInstance? _instance;

    internal BerthInstance Instance
    {
        get
        {
            Assert.SkipWhen(BerthInstance.CannotRun is not null, BerthInstance.CannotRun ?? "");
            return _instance!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        // The tests say why they skip: a fixture that skips counts as failed.
        if (BerthInstance.CannotRun is not null)
            return;
        _instance = new BerthInstance(port: 7656, range: 78);
        try
        {
            await _instance.UpAsync(demo: false, CancellationToken.None);
        }
        catch
        {
            await _instance.PurgeAsync(CancellationToken.None);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_instance is not null)
            await _instance.PurgeAsync(CancellationToken.None);
    }
}
