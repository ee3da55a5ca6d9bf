namespace Berth.Client.Informers;

/// <summary>An informer of whatever kind, to be run and waited for.</summary>
public interface IInformer
{
    bool HasSynced { get; }

    Task RunAsync(CancellationToken ct);

    Task WaitForSyncAsync(CancellationToken ct);
}
