using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;
using Berth.Node.Devices.Claims;
using Berth.Node.Volumes;

namespace Berth.Node.PodSync;

/// <summary>The part that brings a pod up.</summary>
public sealed partial class PodWorker
{
    /// <param name="telling">The status of before, on its way; waited for once the sandbox is there.</param>
    private async Task DoAsync(Pod pod, ObservedPod observed, PodPlan plan, Task telling, CancellationToken ct)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(ct);
        lock (_gate)
        {
            if (!_removed && _failure is null && _desired.Metadata.DeletionTimestamp is null) _startCancellation = cancellation;
        }

        try
        {
            if (_startCancellation is not null) await StartAsync(pod, observed, plan, telling, cancellation.Token);
        }
        finally
        {
            lock (_gate) _startCancellation = null;
            // What was begun ahead and is not waited for any more ends here.
            await cancellation.CancelAsync();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await telling;
    }

    private async Task StartAsync(Pod pod, ObservedPod observed, PodPlan plan, Task telling, CancellationToken ct)
    {
        foreach (var sandbox in plan.StopSandboxes)
        {
            if (sandbox.Ready) _services.Events.Event(pod, "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            await _services.Runtime.StopPodSandboxAsync(sandbox.Id, ct);
        }

        foreach (var stop in plan.Stops)
        {
            _services.Events.Event(pod, "Normal", "Killing", stop.Message, stop.Spec.FieldPath);
            await StopContainerAsync(pod, stop.Spec, stop.Container, TimeSpan.FromSeconds(stop.GraceSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30), ct);
        }

        if (plan.Starts.IsEmpty) return;

        var parent = _services.Cgroups.Ensure(pod);
        await PrepareClaimsAsync(pod, ct);
        var preparing = EnsureVolumesAsync(pod, AddressesOf(pod, observed.ReadySandbox), ct);
        // Volumes that may be long in coming, or never come, are waited for: until then the pod needs no address.
        if (plan.CreateSandboxAttempt is null || !PodVolumes.AreMadeAtOnce(pod)) await preparing;
        // The first image is looked for, or pulled, while the sandbox is made.
        var image = plan.CreateSandboxAttempt is not null && plan.Starts[0].After is null ? _services.Images.EnsureAsync(pod, plan.Starts[0].Container, _backoff, _pullFailures, ct) : null;
        var (sandboxId, attempt) = (observed.ReadySandbox?.Id ?? "", observed.ReadySandbox?.Attempt ?? 0);
        if (plan.CreateSandboxAttempt is { } next)
        {
            attempt = next;
            try
            {
                sandboxId = await RunSandboxAsync(pod, attempt, parent, ct);
            }
            catch
            {
                await Task.WhenAll(preparing, image ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            await telling;
        }

        var volumes = await preparing;
        _volumesRefreshAt = volumes.RefreshAt;
        var addressing = AddressAsync(pod, observed, plan.CreateSandboxAttempt is null ? null : sandboxId, ct);
        string? failed = null;
        var started = new List<string>();
        try
        {
            // A container is made while its pod's address is asked for, and started once it is known.
            if (plan.CreateSandboxAttempt is null || ShowsAddress(pod)) await addressing;
            var sandboxConfig = BuildSandbox(pod, attempt, parent);
            foreach (var start in plan.Starts)
            {
                try
                {
                    started.Add(await StartAsync(pod, observed, start, start == plan.Starts[0] ? image : null, sandboxId, sandboxConfig, volumes.Volumes, addressing, ct));
                }
                catch (ContainerConfigException error)
                {
                    // The other containers are not held up by one that cannot start.
                    failed = $"container {start.Container.Name}: {error.Reason}: {error.Message}";
                    _waiting[start.Container.Name] = new ContainerStateWaiting { Reason = error.Reason, Message = error.Message };
                    if (error.Reason is not ("ErrImagePull" or "ImagePullBackOff" or "ErrImageNeverPull" or "ImageInspectError"))
                        _services.Events.Event(pod, "Warning", error.Reason is "InvalidImageName" ? "InspectFailed" : "Failed", $"Error: {error.Message}", start.Container.FieldPath);
                }
            }
        }
        finally
        {
            // Rounds never overlap: what is told of below, or looked at by the next round, has come.
            await ((Task)addressing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        (observed, _) = await addressing;
        if (failed is null)
        {
            // Told from the runtime's own answer about what was started, without the whole look that the next round begins with.
            await TellAsync(pod, await LookAsync(pod, _observer.ObserveStartedAsync(observed, sandboxId, started, ct)), ct);
            return;
        }

        await TellAsync(pod, await LookAsync(pod, ct), ct);
        // A failed pull has a back-off of its own; the others are tried again at the worker's pace.
        throw new IOException(failed);
    }

    /// <summary>Finds the pod's addresses, has the network let it in, and writes its hosts file: before its first process runs.</summary>
    /// <param name="newSandbox">Its id, where it was made since <paramref name="observed"/>.</param>
    /// <exception cref="IOException">The network does not let it in yet.</exception>
    private async Task<(ObservedPod Observed, IReadOnlyList<string> Ips)> AddressAsync(Pod pod, ObservedPod observed, string? newSandbox, CancellationToken ct)
    {
        // There before any container is made: the runtime takes what is missing for a directory.
        if (!File.Exists(_services.Directories.HostsFile(pod.Metadata.Uid))) WriteHostsFile(pod, []);
        if (newSandbox is not null)
        {
            observed = await LookAsync(pod, _observer.ObserveNewSandboxAsync(observed, newSandbox, ct));
            // Files that show the pod's own address could not know it before.
            if (PodVolumes.ShowAddress(pod)) await _services.Volumes.RefreshAsync(pod, AddressesOf(pod, observed.ReadySandbox), ct);
        }

        var ips = AddressesOf(pod, observed.ReadySandbox);
        if (!pod.Spec.HostNetwork && _services.Options.PodAddressed is { } addressed)
        {
            try
            {
                await addressed(pod, ips, ct);
            }
            catch (IOException error)
            {
                _services.Events.Event(pod, "Warning", "NetworkNotReady", error.Message);
                throw;
            }
        }

        WriteHostsFile(pod, ips);
        return (observed, ips);
    }

    /// <summary>True when a container, or a file, cannot be made without an address of the pod.</summary>
    private static bool ShowsAddress(Pod pod) =>
        PodVolumes.ShowAddress(pod)
        || PodContainer.All(pod).Any(c => c.Spec.Env.Any(e => e.ValueFrom?.FieldRef?.FieldPath is "status.podIP" or "status.podIPs"));

    private async Task PrepareClaimsAsync(Pod pod, CancellationToken ct)
    {
        try
        {
            await _services.Claims.PrepareAsync(pod, ct);
        }
        catch (ClaimDriverException error)
        {
            _services.Events.Event(pod, "Warning", "FailedPrepareDynamicResources", $"Failed to prepare dynamic resources: {error.Message}");
            throw new IOException(error.Message, error);
        }
    }

    private async Task<PodVolumes.Result> EnsureVolumesAsync(Pod pod, IReadOnlyList<string> ips, CancellationToken ct)
    {
        try
        {
            return await _services.Volumes.EnsureAsync(pod, ips, ct);
        }
        catch (VolumeException error)
        {
            _services.Events.Event(pod, "Warning", "FailedMount", error.Message);
            throw new IOException(error.Message, error);
        }
    }

    private async Task<string> RunSandboxAsync(Pod pod, int attempt, string parent, CancellationToken ct)
    {
        var config = BuildSandbox(pod, attempt, parent);
        try
        {
            var handler = pod.Spec.RuntimeClassName is { Length: > 0 } name ? await _services.RuntimeHandler(name, ct) : "";
            Directory.CreateDirectory(config.LogDirectory);
            return await _services.Runtime.RunPodSandboxAsync(config, handler, ct);
        }
        catch (Exception error) when (error is GrpcException or ContainerConfigException)
        {
            _services.Events.Event(pod, "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {error.Message}");
            throw new IOException($"failed to create pod sandbox: {error.Message}", error);
        }
    }

    private Cri.V1.PodSandboxConfig BuildSandbox(Pod pod, int attempt, string parent)
    {
        try
        {
            return _services.Sandboxes.Build(pod, attempt, parent);
        }
        catch (ContainerConfigException error)
        {
            _services.Events.Event(pod, "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {error.Message}");
            throw new IOException(error.Message, error);
        }
    }

    private IReadOnlyList<string> AddressesOf(Pod pod, ObservedSandbox? sandbox) =>
        sandbox is null ? [] : pod.Spec.HostNetwork ? _services.Options.Addresses : sandbox.Ips;

    private void WriteHostsFile(Pod pod, IReadOnlyList<string> ips)
    {
        var path = _services.Directories.HostsFile(pod.Metadata.Uid);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var text = HostsFile.Render(pod, ips, _services.Options.ClusterDomain, File.Exists("/etc/hosts") ? File.ReadAllText("/etc/hosts") : null);
        // Written in place: a container that runs has this very file mounted.
        if (!File.Exists(path) || File.ReadAllText(path) != text) File.WriteAllText(path, text);
    }

    /// <param name="ahead">Its image, where that is already looked for.</param>
    /// <param name="addressing">Done already for a container that shows an address of its pod.</param>
    /// <returns>The container's id.</returns>
    /// <exception cref="ContainerConfigException">The container could not be started.</exception>
    private async Task<string> StartAsync(
        Pod pod, ObservedPod observed, ContainerStart start, Task<Cri.V1.Image>? ahead, string sandboxId, Cri.V1.PodSandboxConfig sandbox, IReadOnlyDictionary<string, MountedVolume> volumes, Task<(ObservedPod Observed, IReadOnlyList<string> Ips)> addressing, CancellationToken ct)
    {
        var container = start.Container;
        string created;
        if (start.After is { State: ObservedState.Exited } ended) _backoff.Next(BackoffKey(container), ended.FinishedAt, Time.GetUtcNow());
        var image = await (ahead ?? _services.Images.EnsureAsync(pod, container, _backoff, _pullFailures, ct));
        var target = container.Target.Length > 0
            ? observed.Latest(container.Target)?.Id ?? throw ContainerConfigException.Config($"unable to find target container {container.Target}")
            : null;
        volumes = await ShowImagesAsync(pod, container, volumes, ct);
        var shown = addressing.IsCompletedSuccessfully ? (await addressing).Ips : [];
        var config = await _services.Containers.BuildAsync(pod, container, start.Attempt, image, volumes, shown, target, ct);
        foreach (var owner in _services.Owners) await owner.ConfigureAsync(pod, container, config, ct);
        Directory.CreateDirectory(Path.Combine(sandbox.LogDirectory, container.Name));
        try
        {
            created = await _services.Runtime.CreateContainerAsync(sandboxId, config, sandbox, ct);
        }
        catch (GrpcException error)
        {
            throw new ContainerConfigException("CreateContainerError", error.Detail, error);
        }

        _given[created] = container.Spec.Resources;
        _services.Events.Event(pod, "Normal", "Created", "Container created", container.FieldPath);
        var (_, ips) = await addressing;
        try
        {
            await _services.Runtime.StartContainerAsync(created, ct);
        }
        catch (GrpcException error)
        {
            throw new ContainerConfigException("RunContainerError", error.Detail, error);
        }

        _services.Events.Event(pod, "Normal", "Started", "Container started", container.FieldPath);
        _waiting.Remove(container.Name);
        await PruneAsync(observed, container.Name, ct);
        if (container.Spec.Lifecycle?.PostStart is { } hook
            && await _services.Handlers.RunAsync(hook, container.Spec, created, ips.FirstOrDefault() ?? "", ct) is { } problem)
        {
            _services.Events.Event(pod, "Warning", "FailedPostStartHook", "PostStartHook failed", container.FieldPath);
            _services.Events.Event(pod, "Normal", "Killing", "FailedPostStartHook", container.FieldPath);
            _waiting[container.Name] = new ContainerStateWaiting { Reason = "PostStartHookError", Message = $"PostStartHook failed: {problem}" };
            if ((await LookAsync(pod, ct)).Containers.FirstOrDefault(c => c.Id == created) is { State: ObservedState.Running } running)
                await StopContainerAsync(pod, container, running, TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30), ct);
        }

        return created;
    }

    /// <summary>Pulls and mounts the images that the container has as volumes.</summary>
    private async Task<IReadOnlyDictionary<string, MountedVolume>> ShowImagesAsync(Pod pod, PodContainer container, IReadOnlyDictionary<string, MountedVolume> volumes, CancellationToken ct)
    {
        if (volumes.Values.All(v => v.Image is null)) return volumes;
        var shown = new Dictionary<string, MountedVolume>(volumes, StringComparer.Ordinal);
        foreach (var name in container.Spec.VolumeMounts.Select(m => m.Name).Distinct(StringComparer.Ordinal))
        {
            if (!volumes.TryGetValue(name, out var volume) || volume.Image is not { } reference) continue;
            var source = pod.Spec.Volumes.First(v => v.Name == name).Image!;
            var asContainer = new PodContainer(new Container { Name = name, Image = reference, ImagePullPolicy = source.PullPolicy }, ContainerRole.Main, Place: $"spec.volumes{{{name}}}");
            var image = await _services.Images.EnsureAsync(pod, asContainer, _backoff, _pullFailures, ct);
            if (_services.ImageVolumes is { } own) shown[name] = volume with { HostPath = await own.MountAsync(pod, name, image.Id, ct), Image = null };
        }

        return shown;
    }

    /// <summary>Keeps the newest ended container of a name, for its logs, and removes those before it.</summary>
    private async Task PruneAsync(ObservedPod observed, string name, CancellationToken ct)
    {
        foreach (var old in observed.Containers.Where(c => c.Name == name && c.State != ObservedState.Running).Skip(1))
        {
            await _services.Runtime.RemoveContainerAsync(old.Id, ct);
            if (old.LogPath.Length > 0)
            {
                foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(old.LogPath)!, Path.GetFileName(old.LogPath) + "*")) File.Delete(file);
            }
        }
    }

    private async Task RefreshVolumesAsync(Pod pod, ObservedPod observed, CancellationToken ct)
    {
        try
        {
            _volumesRefreshAt = await _services.Volumes.RefreshAsync(pod, AddressesOf(pod, observed.ReadySandbox), ct) ?? DateTimeOffset.MaxValue;
        }
        catch (VolumeException error)
        {
            // What is mounted stays as it was; the pod goes on with it.
            _services.Events.Event(pod, "Warning", "FailedMount", error.Message);
            _volumesRefreshAt = Time.GetUtcNow() + TimeSpan.FromMinutes(1);
        }
    }
}
