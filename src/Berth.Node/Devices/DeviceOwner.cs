using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;
using Berth.Node.Cri.V1;
using Berth.Node.Devices.Checkpoint;
using Berth.Node.PodSync;
using Microsoft.Extensions.Logging;
using Container = Berth.Api.Core.V1.Container;

namespace Berth.Node.Devices;

/// <summary>
/// Grants devices of plugins to containers. A device has one owner from a pod's admission until the pod has ended; only
/// init containers that run to their end hand theirs on to later containers of their pod.
/// </summary>
public sealed partial class DeviceOwner : IResourceOwner
{
    // After a start of the machine plugins come up together with the pods that need them.
    private static readonly TimeSpan _pluginsAwaited = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly DevicePlugins _plugins;
    private readonly CdiDevices _cdi;
    private readonly IDeviceChooser? _chooser;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private readonly DeviceGrants _grants;

    public DeviceOwner(DevicePlugins plugins, CdiDevices cdi, IDeviceChooser? chooser, string checkpoint, TimeProvider time, ILogger log)
    {
        (_plugins, _cdi, _chooser, _time) = (plugins, cdi, chooser, time);
        _started = time.GetUtcNow();
        _grants = new DeviceGrants(checkpoint, problem => LogDamaged(log, problem));
        plugins.Changed += resource =>
        {
            lock (_gate) _grants.Remember(resource);
        };
    }

    public async ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct)
    {
        List<Grant> made = [];
        foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            var init = pod.Spec.InitContainers.Contains(container) && container.RestartPolicy != "Always";
            foreach (var (resource, quantity) in container.Resources.Limits)
            {
                if (quantity.IsZero || !DevicePlugins.IsExtendedResource(resource)) continue;
                bool known;
                lock (_gate)
                {
                    if (_grants.Of(pod.Metadata.Uid, container.Name).Any(g => g.Resource == resource)) continue;
                    known = _grants.Knows(resource);
                }

                if (_plugins.PluginOf(resource) is not { } plugin || _plugins.Find(resource) is not { Connected: true })
                {
                    // No plugin ever served it: something else counts it, or nothing does.
                    if (!known) continue;
                    return new AdmissionRefusal("UnexpectedAdmissionError", $"Allocate failed due to no healthy devices present; cannot allocate unhealthy devices {resource}, which is unexpected")
                    {
                        Later = _time.GetUtcNow() - _started < _pluginsAwaited,
                    };
                }

                var (grant, refusal) = await GrantAsync(pod, container, init, plugin, (int)quantity.Value, made, ct);
                if (grant is null) return refusal;
                made.Add(grant);
            }
        }

        if (made.Count > 0)
        {
            lock (_gate) _grants.Add(made);
        }

        return null;
    }

    public async ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct)
    {
        List<Grant> grants;
        lock (_gate) grants = [.. _grants.Of(pod.Metadata.Uid, container.Name)];
        foreach (var grant in grants)
        {
            if (_plugins.PluginOf(grant.Resource) is { Options.PreStartRequired: true } plugin)
            {
                try
                {
                    await plugin.PreStartAsync(grant.Devices, ct);
                }
                catch (GrpcException error)
                {
                    throw new ContainerConfigException("CreateContainerError", $"device plugin PreStartContainer rpc failed with err: {error.Message}", error);
                }
            }

            Add(config, grant.Response);
        }
    }

    public void Release(string podUid)
    {
        lock (_gate) _grants.Remove(uid => uid == podUid);
    }

    /// <summary>Takes back what pods had that no longer exist.</summary>
    public void Retain(Func<string, bool> exists)
    {
        lock (_gate) _grants.Remove(uid => !exists(uid));
    }

    public IReadOnlyList<Grant> GrantsOf(string podUid)
    {
        lock (_gate) return [.. _grants.All.Where(g => g.PodUid == podUid)];
    }

    /// <summary>Health of each device that a container has, for its status. Unknown where the plugin is not there.</summary>
    public ApiList<ResourceStatus> HealthOf(string podUid, string container)
    {
        List<Grant> grants;
        lock (_gate) grants = [.. _grants.Of(podUid, container)];
        return grants.Select(g => new ResourceStatus
        {
            Name = g.Resource,
            Resources = g.Devices.Select(id => new ResourceHealth { ResourceID = id, Health = HealthOfDevice(g.Resource, id) }).ToApiList(),
        }).ToApiList();
    }

    /// <summary>Resources that a plugin has served once, on this node.</summary>
    public IReadOnlyCollection<string> KnownResources
    {
        get
        {
            lock (_gate) return [.. _grants.Known];
        }
    }

    /// <summary>Pods that have a device of the resource.</summary>
    public IReadOnlyList<string> UsersOf(string resource)
    {
        lock (_gate) return [.. _grants.All.Where(g => g.Resource == resource).Select(g => g.PodUid).Distinct()];
    }

    private string HealthOfDevice(string resource, string id) => _plugins.Find(resource) is not { Connected: true } found ? "Unknown"
        : found.Devices.FirstOrDefault(d => d.Id == id) is { Healthy: true } ? "Healthy" : "Unhealthy";

    private async Task<(Grant? Grant, AdmissionRefusal? Refusal)> GrantAsync(
        Pod pod, Container container, bool init, DevicePlugin plugin, int count, List<Grant> made, CancellationToken ct)
    {
        var resource = plugin.Resource;
        try
        {
            var chosen = await ChooseAsync(pod, container, plugin, count, made, ct);
            var response = await plugin.AllocateAsync(chosen, ct);
            _chooser?.Chosen(pod, container, resource, chosen);
            return (new Grant { PodUid = pod.Metadata.Uid, Container = container.Name, Resource = resource, Devices = { chosen }, Response = response, Init = init }, null);
        }
        catch (GrpcException error)
        {
            return (null, Unexpected(error.Message));
        }
        catch (InvalidDataException error)
        {
            return (null, Unexpected(error.Message));
        }

        static AdmissionRefusal Unexpected(string what) => new("UnexpectedAdmissionError", $"Allocate failed due to {what}, which is unexpected");
    }

    private async Task<IReadOnlyList<string>> ChooseAsync(Pod pod, Container container, DevicePlugin plugin, int count, List<Grant> made, CancellationToken ct)
    {
        var devices = _plugins.Find(plugin.Resource)?.Healthy.ToList() ?? [];
        if (devices.Count == 0) throw new InvalidDataException($"no healthy devices present; cannot allocate unhealthy devices {plugin.Resource}");
        HashSet<string> taken;
        lock (_gate) taken = _grants.Taken(plugin.Resource);
        var mine = made.Where(g => g.Resource == plugin.Resource).ToList();
        var healthy = devices.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        // What init containers had goes first: nobody else may have it while the pod lives.
        var kept = mine.Where(g => g.Init).SelectMany(g => g.Devices).Except(mine.Where(g => !g.Init).SelectMany(g => g.Devices)).Where(healthy.Contains).Distinct().Take(count).ToList();
        taken.UnionWith(mine.SelectMany(g => g.Devices));
        var free = devices.Where(d => !taken.Contains(d.Id)).ToList();
        if (kept.Count + free.Count < count)
            throw new InvalidDataException($"requested number of devices unavailable for {plugin.Resource}. Requested: {count}, Available: {kept.Count + free.Count}");
        if (kept.Count == count) return kept;

        var order = _chooser?.Choose(pod, container, plugin.Resource, free, count - kept.Count)?.Select(d => d.Id).ToList() ?? [.. free.Select(d => d.Id)];
        if (plugin.Options.GetPreferredAllocationAvailable)
        {
            // An opinion of the plugin that names what it may not is no opinion.
            var preferred = (await plugin.PreferAsync([.. kept, .. order], kept, count, ct)).Distinct().ToList();
            if (preferred.Count == count && kept.All(preferred.Contains) && preferred.All(d => kept.Contains(d) || order.Contains(d))) return preferred;
        }

        return [.. kept, .. order.Take(count - kept.Count)];
    }

    private void Add(ContainerConfig config, V1Beta1.ContainerAllocateResponse response)
    {
        foreach (var device in response.Devices)
        {
            if (config.Devices.All(d => d.ContainerPath != device.ContainerPath))
                config.Devices.Add(new Cri.V1.Device { ContainerPath = device.ContainerPath, HostPath = device.HostPath, Permissions = device.Permissions });
        }

        foreach (var mount in response.Mounts)
        {
            if (config.Mounts.All(m => m.ContainerPath != mount.ContainerPath))
                config.Mounts.Add(new Cri.V1.Mount { ContainerPath = mount.ContainerPath, HostPath = mount.HostPath, Readonly = mount.ReadOnly });
        }

        // What the pod says itself wins.
        foreach (var (name, value) in response.Envs)
        {
            if (config.Envs.All(e => e.Key != name)) config.Envs.Add(new KeyValue { Key = name, Value = Google.Protobuf.ByteString.CopyFromUtf8(value) });
        }

        foreach (var (name, value) in response.Annotations) config.Annotations.TryAdd(name, value);
        _cdi.Add(config, response.CdiDevices.Select(d => d.Name));
    }

    [LoggerMessage(5603, LogLevel.Error, "The record of granted devices could not be read: {Problem}")]
    private static partial void LogDamaged(ILogger log, string problem);
}
