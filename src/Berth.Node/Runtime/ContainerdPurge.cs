using Berth.Linux.Cgroups;
using Berth.Linux.Mounts;
using Berth.Linux.Processes;
using Berth.Node.Cri;

namespace Berth.Node.Runtime;

/// <summary>
/// Ends pods, and removes what an instance's containerd left on the machine: processes, mounts, network namespaces, the
/// bridge, CNI's state, files. Touches nothing of another instance, of Docker or of another containerd; can be repeated.
/// </summary>
public sealed class ContainerdPurge(ContainerdOptions options, Action<string> log, TimeProvider time)
{
    // Stopping a sandbox is mostly waiting for its shim and its CNI plugins.
    private const int ParallelStops = 8;

    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(10);

    private readonly ContainerdPaths _paths = new(options);

    /// <summary>Stops and removes every pod, containers with the given grace.</summary>
    public static async Task RemoveAllPodsAsync(IRuntimeService runtime, TimeSpan grace, CancellationToken cancellation = default)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelStops, CancellationToken = cancellation };
        if (grace > TimeSpan.Zero)
        {
            // All at once: the graces pass side by side.
            var containers = await runtime.ListContainersAsync(cancellation: cancellation);
            await Task.WhenAll(containers
                .Where(container => container.State == Cri.V1.ContainerState.ContainerRunning)
                .Select(container => runtime.StopContainerAsync(container.Id, grace, cancellation)));
        }

        await Parallel.ForEachAsync(await runtime.ListPodSandboxAsync(cancellation: cancellation), parallel, async (sandbox, token) =>
        {
            await runtime.StopPodSandboxAsync(sandbox.Id, token);
            await runtime.RemovePodSandboxAsync(sandbox.Id, token);
        });
    }

    /// <summary>Ends pods and containerd, and keeps images and everything else for the next start. Does nothing where containerd does not run.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellation = default)
    {
        if (new ContainerdPidFile(_paths).FindLive() is null) return;
        await using var containerd = await ContainerdProcess.StartAsync(options, log, time, cancellation);
        await RemoveAllPodsAsync(containerd.Client, grace, cancellation);
        await containerd.StopAsync(cancellation);
    }

    /// <summary>Leaves nothing. A containerd that is gone is started once more where pods still run, because it alone can undo their host ports.</summary>
    public async Task PurgeAsync(CancellationToken cancellation = default)
    {
        var live = new ContainerdPidFile(_paths).FindLive();
        if (live is not null || Shims().Any()) await RemovePodsThroughContainerdAsync(cancellation);
        live = new ContainerdPidFile(_paths).FindLive();
        if (live is not null) await ContainerdProcess.StopProcessAsync(live.Process, time, cancellation);
        await EndAsync(ShimsWithTheirProcesses(), cancellation);
        var cgroup = new Cgroup(CgroupHierarchy.Detect(), options.CgroupRoot);
        await cgroup.KillAsync(time, cancellation);
        await cgroup.RemoveAsync(time, cancellation);

        RemoveShimSockets();
        Mount.UnmountAllUnder(_paths.Base);
        await RemoveBridgeAsync(cancellation);
        foreach (var directory in (string[])[_paths.Base, _paths.RunDirectory])
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }

        RemoveCniResults();
        // Only where they are empty: others may use them too.
        foreach (var directory in (string[])["/run/berth", "/run/containerd/s", "/run/containerd/fifo", "/run/containerd", "/var/lib/cni/results", "/var/lib/cni"])
            DeleteIfEmpty(directory);
    }

    private async Task RemovePodsThroughContainerdAsync(CancellationToken cancellation)
    {
        try
        {
            await using var containerd = await ContainerdProcess.StartAsync(options, log, time, cancellation);
            await RemoveAllPodsAsync(containerd.Client, TimeSpan.Zero, cancellation);
        }
        catch (Exception error) when (error is RuntimeStartException or GrpcException or Images.ImageImportException)
        {
            log($"pods could not be removed through containerd, ending their processes instead: {error.Message}");
        }
    }

    /// <summary>A shim names its containerd's socket in its arguments: that tells ours from all others.</summary>
    private IEnumerable<ProcessIdentity> Shims() => ProcessIdentity.All().Where(process =>
    {
        var arguments = ProcessIdentity.CommandLineOf(process.Pid);
        if (arguments.Count == 0 || !Path.GetFileName(arguments[0]).StartsWith("containerd-shim", StringComparison.Ordinal)) return false;
        for (var i = 0; i + 1 < arguments.Count; i++)
        {
            if (arguments[i] == "-address" && arguments[i + 1] == _paths.Socket) return true;
        }

        return false;
    });

    private List<ProcessIdentity> ShimsWithTheirProcesses()
    {
        // Shims first: then nobody restarts or reports what is killed after them.
        var found = Shims().ToList();
        var children = ProcessIdentity.All().ToLookup(process => ProcessIdentity.ParentOf(process.Pid));
        for (var i = 0; i < found.Count; i++) found.AddRange(children[found[i].Pid]);
        return found;
    }

    private async Task EndAsync(List<ProcessIdentity> processes, CancellationToken cancellation)
    {
        foreach (var process in processes) process.Send(Signal.Kill);
        using var limit = new CancellationTokenSource(_endLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        foreach (var process in processes)
        {
            using var handle = ProcessHandle.Open(process.Pid);
            if (handle is not null && process.IsAlive) await handle.WaitForExitAsync(either.Token);
        }
    }

    /// <summary>containerd 1.x and 2.x keep shims' sockets in a directory shared by all instances; each bundle says which is its own.</summary>
    private void RemoveShimSockets()
    {
        if (!Directory.Exists(_paths.State)) return;
        foreach (var name in (string[])["address", "bootstrap.json"])
        {
            foreach (var file in Directory.EnumerateFiles(_paths.State, name, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }))
            {
                var text = File.ReadAllText(file);
                var start = text.IndexOf("unix://", StringComparison.Ordinal);
                if (start < 0) continue;
                var path = text[(start + "unix://".Length)..].Split('"', '\n', '\0')[0];
                if (path.StartsWith("/run/containerd/s/", StringComparison.Ordinal)) File.Delete(path);
            }
        }
    }

    private async Task RemoveBridgeAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists($"/sys/class/net/{options.EffectiveBridgeName}/bridge")) return;
        await ProcessRunner.RunAsync("ip", ["link", "delete", options.EffectiveBridgeName], cancellation: cancellation);
    }

    /// <summary>The CNI library's cache of results, NETWORK-CONTAINER-INTERFACE; its directory cannot be configured through containerd.</summary>
    private void RemoveCniResults()
    {
        const string Results = "/var/lib/cni/results";
        if (!Directory.Exists(Results)) return;
        foreach (var file in Directory.EnumerateFiles(Results, _paths.NetworkName + "-*")) File.Delete(file);
    }

    private static void DeleteIfEmpty(string directory)
    {
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any()) Directory.Delete(directory);
    }
}
