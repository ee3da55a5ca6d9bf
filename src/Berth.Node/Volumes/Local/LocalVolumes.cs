using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Work;
using Berth.Resources.Volumes;
using Microsoft.Extensions.Logging;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Node.Volumes.Local;

/// <summary>
/// The node's half of the built-in local provisioner: makes the directories of its volumes, keeps them to their size where
/// the file system can, deletes those of deleted volumes, and tells how much room there is. See <see cref="LocalStorage"/>.
/// </summary>
/// <remarks>
/// A directory is made once, and a record beside the agent's other state says that it was. A directory that is gone later
/// is lost data, and is told as such, never quietly replaced by an empty one.
/// </remarks>
public sealed partial class LocalVolumes : IDisposable
{
    private static readonly TimeSpan _measureInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _tellRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _busyRetry = TimeSpan.FromSeconds(2);

    private readonly NodeAgentOptions _options;
    private readonly IClusterClient _client;
    private readonly EventRecorder _events;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<PersistentVolume, bool> _inUse;
    private readonly Informer<PersistentVolume> _volumes;
    private readonly WorkQueue<ObjectKey> _queue;
    private readonly LocalDirectories _directories;

    /// <param name="inUse">Whether a pod of this node has the volume.</param>
    public LocalVolumes(NodeAgentOptions options, IClusterClient client, EventRecorder events, TimeProvider time, ILogger log, Func<PersistentVolume, bool> inUse)
    {
        _options = options;
        _client = client;
        _events = events;
        _time = time;
        _log = log;
        _inUse = inUse;
        _directories = new LocalDirectories(options.LocalVolumesDirectory, Path.Combine(options.DataDirectory, "local-volumes"));
        _queue = new WorkQueue<ObjectKey>(time);
        _volumes = new Informer<PersistentVolume>(
            client, new InformerOptions { LabelSelector = $"{LocalStorage.NodeLabel}={LocalStorage.NodeLabelValue(options.NodeName)}", Time = time }, log);
        _volumes.AddHandler(v => _queue.Add(ObjectKey.Of(v)), (_, v) => _queue.Add(ObjectKey.Of(v)));
    }

    public async Task RunAsync(CancellationToken ct) => await Task.WhenAll(_volumes.RunAsync(ct), WorkAsync(ct), MeasureAsync(ct));

    /// <summary>The volume's directory, ready for a pod.</summary>
    /// <exception cref="InvalidDataException">It is another node's, or its data is gone.</exception>
    public string Ensure(PersistentVolume volume)
    {
        if (!IsOurs(volume))
            throw new InvalidDataException($"volume \"{volume.Metadata.Name}\" is on node \"{volume.Metadata.Annotations.GetOr(LocalStorage.NodeName)}\", not here");
        return _directories.Ensure(volume.Metadata.Name, VolumeMatch.Capacity(volume).Value);
    }

    /// <summary>
    /// Directory at which a local volume that is a whole device is mounted; a device without a file system is given one. It
    /// stays mounted: the next pod finds it there, and only the node knows when the last has gone.
    /// </summary>
    /// <exception cref="InvalidDataException">It cannot be mounted.</exception>
    public Task<string> MountDeviceAsync(PersistentVolume volume, string device, CancellationToken ct) =>
        DeviceMount.EnsureAsync(
            device,
            Path.Combine(_options.PluginRoot, "plugins", "kubernetes.io", "local-volume", "mounts", volume.Metadata.Name),
            volume.Spec.Local?.FsType is { Length: > 0 } type ? type : "ext4",
            volume.Spec.MountOptions,
            ct);

    public void Dispose() => _queue.Dispose();

    private bool IsOurs(PersistentVolume volume) =>
        LocalStorage.Made(volume) && volume.Metadata.Annotations.GetOr(LocalStorage.NodeName) == _options.NodeName;

    private async Task WorkAsync(CancellationToken ct)
    {
        while (true)
        {
            var key = await _queue.GetAsync(ct);
            try
            {
                await ReconcileAsync(key, ct);
                _queue.Forget(key);
            }
            catch (ApiException error) when (error.IsConflict)
            {
                // The controller wrote in between; its change comes by the watch.
                _queue.AddRateLimited(key);
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException)
            {
                LogFailed(_log, key.Name, error.Message);
                _queue.AddRateLimited(key);
            }
            finally
            {
                _queue.Done(key);
            }
        }
    }

    private async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_volumes.Cache.Get(key) is not { } volume || !IsOurs(volume))
            return;
        if (volume.Metadata.DeletionTimestamp is null)
        {
            try
            {
                _directories.Ensure(volume.Metadata.Name, VolumeMatch.Capacity(volume).Value);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                _events.Event(volume, "Warning", "LocalVolumeFailed", error.Message);
                throw;
            }

            return;
        }

        if (!volume.Metadata.Finalizers.Contains(LocalStorage.FilesFinalizer))
            return;
        if (_inUse(volume))
        {
            _queue.AddAfter(key, _busyRetry);
            return;
        }

        if (volume.Spec.PersistentVolumeReclaimPolicy == "Delete")
            _directories.Delete(volume.Metadata.Name);
        else
            _directories.Forget(volume.Metadata.Name);
        var rest = volume.Metadata.Finalizers.Where(f => f != LocalStorage.FilesFinalizer).ToApiList();
        try
        {
            await _client.UpdateAsync(volume with { Metadata = volume.Metadata with { Finalizers = rest } }, ct: ct);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone already.
        }
    }

    /// <summary>Tells where volumes are and how much they may have: at once, and every five minutes.</summary>
    private async Task MeasureAsync(CancellationToken ct)
    {
        var told = "";
        while (true)
        {
            var wait = _measureInterval;
            try
            {
                var patch = Describe();
                if (patch != told)
                {
                    await _client.PatchAsync<ApiNode>(null, _options.NodeName, Patch.Merge(patch), ct: ct);
                    told = patch;
                }
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException or UnauthorizedAccessException)
            {
                LogTellFailed(_log, error.Message);
                wait = _tellRetry;
            }

            await Task.Delay(wait, _time, ct);
        }
    }

    private string Describe()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            writer.WriteStartObject("annotations");
            writer.WriteString(LocalStorage.PathAnnotation, _directories.Root);
            writer.WriteString(LocalStorage.CapacityAnnotation, Quantity.FromBytes(_directories.CapacityBytes()).ToString());
            writer.WriteString(LocalStorage.LimitsAnnotation, _directories.Limits);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    [LoggerMessage(5020, LogLevel.Warning, "Local volume {Volume}: {Problem}; trying again")]
    private static partial void LogFailed(ILogger log, string volume, string problem);

    [LoggerMessage(5021, LogLevel.Warning, "Telling the room for local volumes failed, trying again: {Problem}")]
    private static partial void LogTellFailed(ILogger log, string problem);
}
