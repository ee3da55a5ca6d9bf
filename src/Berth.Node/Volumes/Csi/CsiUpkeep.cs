using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Client;
using Berth.Node.Cri;
using Berth.Resources.Volumes;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Volumes.Csi;

/// <summary>What CSI needs beside the starts of pods: the CSINode object, and volumes that grow under running pods.</summary>
public sealed partial class CsiUpkeep(
    CsiNodeObject node, CsiDrivers drivers, CsiVolumes volumes, ClaimVolumes claims, IClusterClient client, Func<IEnumerable<Pod>> pods, TimeProvider time, ILogger log)
{
    // A node is not told of claims; a larger one may wait this long for its file system.
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(2);

    // Kubernetes' own floor, and its default when the field is absent is never.
    private static readonly TimeSpan _askedAgainMin = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken ct)
    {
        await EnsureNodeAsync(ct);
        while (true)
        {
            await Task.Delay(_interval, time, ct);
            foreach (var pod in pods().Where(p => volumes.Has(p.Metadata.Uid)).ToList())
            {
                foreach (var used in PodClaim.Of(pod))
                    await GrowAsync(pod, used, ct);
            }

            foreach (var driver in drivers.All)
                await AskAgainAsync(driver, ct);
        }
    }

    /// <summary>How many volumes the node may have changes where other things take the same slots; drivers that know say how often to ask.</summary>
    private async Task AskAgainAsync(CsiDriver driver, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        try
        {
            var wishes = await client.GetAsync<CSIDriver>(null, driver.Name, null, ct);
            if (wishes.Spec.NodeAllocatableUpdatePeriodSeconds is not { } seconds)
                return;
            var period = TimeSpan.FromSeconds(seconds);
            if (_asked.TryGetValue(driver.Name, out var asked) && now - asked < (period < _askedAgainMin ? _askedAgainMin : period))
                return;
            _asked[driver.Name] = now;
            await node.AddAsync(driver.Name, await driver.Client.NodeGetInfoAsync(ct), ct);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // A driver need not have the object.
        }
        catch (Exception error) when (!ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException or GrpcException)
        {
            LogAskFailed(log, driver.Name, error.Message);
        }
    }

    private async Task EnsureNodeAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await node.EnsureAsync(ct);
                return;
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException)
            {
                LogNodeFailed(log, error.Message);
                await Task.Delay(_retry, time, ct);
            }
        }
    }

    private async Task GrowAsync(Pod pod, PodClaim used, CancellationToken ct)
    {
        try
        {
            var (claim, volume) = await claims.FindAsync(pod, used, ct);
            if (volume.Spec.Csi is not null && VolumeMatch.Capacity(volume) > claim.Status.Capacity.GetOr("storage"))
                await volumes.GrowAsync(pod, volume, claim, ct);
        }
        catch (Exception error) when (!ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException or InvalidDataException)
        {
            LogGrowFailed(log, used.Key.ToString(), error.Message);
        }
    }

    [LoggerMessage(5040, LogLevel.Warning, "The node's CSINode could not be written, trying again: {Problem}")]
    private static partial void LogNodeFailed(ILogger log, string problem);

    [LoggerMessage(5042, LogLevel.Warning, "Driver {Driver} could not be asked for its room, trying again: {Problem}")]
    private static partial void LogAskFailed(ILogger log, string driver, string problem);

    [LoggerMessage(5041, LogLevel.Warning, "Claim {Claim} could not be looked at for growth, trying again: {Problem}")]
    private static partial void LogGrowFailed(ILogger log, string claim, string problem);
}
