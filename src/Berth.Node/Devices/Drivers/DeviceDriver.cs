using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Client;
using Berth.Node.Devices.Checkpoint;
using Berth.Node.Devices.Claims;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Devices.Drivers;

/// <summary>
/// One of Berth's own drivers: looks for its devices again and again, publishes them as ResourceSlices, writes how they are
/// given to containers as a CDI file, and prepares claims by naming devices of that file.
/// </summary>
/// <remarks>
/// A device that cannot be used is tainted NoSchedule until a later look finds it well; one that is gone is tainted NoExecute,
/// so that its pod goes where it can work, and is forgotten after an hour.
/// </remarks>
/// <param name="isServedElsewhere">True while a vendor's own driver serves the same devices: then nothing is published.</param>
public sealed partial class DeviceDriver(
    IDeviceFinder finder, IClusterClient client, string nodeName, string cdiDirectory, Func<bool> isServedElsewhere, TimeProvider time, ILogger log) : IClaimDriver
{
    public const string UnhealthyTaint = "berth.dev/unhealthy";
    public const string GoneTaint = "berth.dev/gone";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_goneFor = TimeSpan.FromHours(1);

    private readonly SlicePublisher _publisher = new(client, finder.Driver, nodeName);
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private FoundDevices _found = FoundDevices.None;
    private string _toldOf = "";
    private bool _published;

    /// <summary>Health of a device changed. Must not block.</summary>
    public event Action? Changed;

    public string Name => finder.Driver;

    private string CdiFile => Path.Combine(cdiDirectory, $"{finder.CdiKind.Replace('/', '-')}-{nodeName}.json");

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await LookAsync(ct);
                Told("");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or ApiException or HttpRequestException or Linux.LinuxException)
            {
                Told(error.Message);
            }

            await Task.Delay(s_interval, time, ct);
        }
    }

    /// <summary>One look: finds, writes the CDI file, publishes.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var found = isServedElsewhere() ? FoundDevices.None : finder.Find();
        var changed = Note(found);
        if (changed && found.Devices.Count > 0)
        {
            Directory.CreateDirectory(cdiDirectory);
            // Containers of devices that are gone may start again: what was known of them stays in the file.
            await File.WriteAllBytesAsync(CdiFile + ".new", CdiSpecification.Write(finder.CdiKind, nodeName, found with { Devices = All().Select(s => s.Device).ToApiList() }), ct);
            File.Move(CdiFile + ".new", CdiFile, overwrite: true);
        }

        if (changed) Changed?.Invoke();
        // Nothing to tell, and nothing was told: a machine without such devices asks the server nothing.
        if (_published && !changed) return;
        var devices = All();
        await _publisher.PublishAsync(devices.Select(Publishable).ToApiList(), found.Counters, ct);
        _published = true;
    }

    public Task<IReadOnlyList<PreparedDevice>> PrepareAsync(ResourceClaim claim, CancellationToken ct)
    {
        var prepared = new List<PreparedDevice>();
        foreach (var result in claim.Status.Allocation!.Devices.Results.Where(r => r.Driver == Name))
        {
            lock (_gate)
            {
                if (!_seen.TryGetValue(result.Device, out var seen) || seen.GoneSince is not null)
                    throw new ClaimDriverException($"device {result.Device} of driver {Name} is not on node {nodeName} any more");
            }

            prepared.Add(new PreparedDevice
            {
                Driver = Name,
                Pool = result.Pool,
                Device = result.Device,
                Requests = { result.Request },
                CdiDevices = { CdiSpecification.NameOf(finder.CdiKind, nodeName, result.Device) },
                ShareId = result.ShareID ?? "",
            });
        }

        return Task.FromResult<IReadOnlyList<PreparedDevice>>(prepared);
    }

    // A device that no container has needs nothing to be undone.
    public Task UnprepareAsync(PreparedClaim claim, CancellationToken ct) => Task.CompletedTask;

    public DeviceCondition? HealthOf(string pool, string device)
    {
        lock (_gate)
        {
            if (!_seen.TryGetValue(device, out var seen)) return new DeviceCondition("Unknown", "");
            if (seen.GoneSince is not null) return new DeviceCondition("Unhealthy", "the device is gone");
            return seen.Device.Problem is { } problem ? new DeviceCondition("Unhealthy", problem) : new DeviceCondition("Healthy", "");
        }
    }

    private Device Publishable(Seen seen) => new()
    {
        Name = seen.Device.Name,
        Attributes = seen.Device.Attributes,
        Capacity = seen.Device.Capacity,
        ConsumesCounters = seen.Device.Consumes,
        Taints = seen.GoneSince is { } gone ? [new DeviceTaint { Key = GoneTaint, Effect = "NoExecute", TimeAdded = gone }]
            : seen.IllSince is { } ill ? [new DeviceTaint { Key = UnhealthyTaint, Effect = "NoSchedule", TimeAdded = ill }]
            : [],
    };

    private IReadOnlyList<Seen> All()
    {
        lock (_gate) return [.. _seen.Values];
    }

    private bool Note(FoundDevices found)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var changed = found != _found;
            _found = found;
            var there = new HashSet<string>(StringComparer.Ordinal);
            foreach (var device in found.Devices)
            {
                there.Add(device.Name);
                var old = _seen.GetValueOrDefault(device.Name);
                DateTimeOffset? ill = device.Problem is null ? null : old?.IllSince ?? now;
                if (ill is not null && old?.IllSince is null) LogIll(log, Name, device.Name, device.Problem!);
                if (old is not null && (old.GoneSince is not null || (old.IllSince is not null && ill is null))) LogWell(log, Name, device.Name);
                var seen = new Seen(device, ill, null);
                if (seen == old) continue;
                changed = true;
                _seen[device.Name] = seen;
            }

            foreach (var (name, seen) in _seen.Where(s => !there.Contains(s.Key)).ToList())
            {
                // Somebody else's now: not gone.
                if (isServedElsewhere() || now - seen.GoneSince > s_goneFor)
                {
                    _seen.Remove(name);
                    changed = true;
                }
                else if (seen.GoneSince is null)
                {
                    LogGone(log, Name, name);
                    _seen[name] = seen with { GoneSince = now };
                    changed = true;
                }
            }

            // What cannot be written now is written at the next look.
            if (changed) _published = false;
            return changed;
        }
    }

    private void Told(string problem)
    {
        if (problem.Length > 0)
        {
            _published = false;
            if (problem != _toldOf) LogFailed(log, Name, problem);
        }

        _toldOf = problem;
    }

    private sealed record Seen(FoundDevice Device, DateTimeOffset? IllSince, DateTimeOffset? GoneSince);

    [LoggerMessage(5631, LogLevel.Warning, "Device {Device} of {Driver} cannot be used: {Problem}")]
    private static partial void LogIll(ILogger log, string driver, string device, string problem);

    [LoggerMessage(5632, LogLevel.Information, "Device {Device} of {Driver} can be used again")]
    private static partial void LogWell(ILogger log, string driver, string device);

    [LoggerMessage(5633, LogLevel.Warning, "Device {Device} of {Driver} is gone")]
    private static partial void LogGone(ILogger log, string driver, string device);

    [LoggerMessage(5634, LogLevel.Warning, "The devices of {Driver} could not be looked for or published, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string driver, string problem);
}
