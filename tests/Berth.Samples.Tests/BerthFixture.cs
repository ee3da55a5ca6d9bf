namespace Berth.Samples.Tests;

/// <summary>One Berth for all tests of a class; purged at the end.</summary>
/// <param name="port">Of its API.</param>
/// <param name="range">Second number of the pods' range; that of the services is the next.</param>
/// <param name="demo">With the pods of the demo.</param>
public abstract class BerthFixture(int port, int range, bool demo) : IAsyncLifetime
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
        _instance = new BerthInstance(port, range);
        try
        {
            await _instance.UpAsync(demo, CancellationToken.None);
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
        GC.SuppressFinalize(this);
    }
}

/// <summary>With the demo's pods.</summary>
public sealed class DemoBerth() : BerthFixture(port: 7653, range: 72, demo: true);

/// <summary>Without pods.</summary>
public sealed class EmptyBerth() : BerthFixture(port: 7656, range: 78, demo: false);
