using System.CommandLine;
using System.Net;
using Berth.Instance;
using Berth.Linux.Mounts;
using Berth.Linux.Processes;
using Berth.Network;
using Berth.Node.Runtime;
using Berth.Resources.Addresses;
using Berth.Up;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Down;

/// <summary><c>berth down</c>: stops what runs in a data directory (up, server or agent) and its pods; with <c>--purge</c> also removes everything that it left on the machine.</summary>
internal static class DownVerb
{
    // Beyond the drain of the API server and the agent's own limit.
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_podGrace = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var dataDirectory = Options.DataDirectory();
        var purge = new Option<bool>("--purge") { Description = "Also remove all state, mounts, interfaces, rules and cgroups" };
        var command = new Command("down", "Stop Berth and its pods") { dataDirectory, purge };
        command.SetAction(async (parsed, ct) =>
        {
            Root.Require("down");
            var directory = DataDirectory.Existing(parsed.GetRequiredValue(dataDirectory));
            await RunAsync(directory, parsed.GetValue(purge), Console.Out, ct);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(string directory, bool purge, TextWriter output, CancellationToken ct)
    {
        var progress = new Progress(output);
        var instance = InstanceFile.Read(directory);
        if (instance is not null && instance.Process.IsAlive)
            await progress.StageAsync("berth", () => StopAsync(instance.Process, ct), $"process {instance.Pid} has ended");

        var podCidr = instance is null ? default(IPNetwork) : IpRanges.Parse(instance.PodCidr);
        var options = NodeSideOptions.ContainerdOf(directory, podCidr);
        var purger = new ContainerdPurge(options, output.WriteLine, TimeProvider.System);
        if (instance?.RuntimeEndpoint is null)
            await progress.StageAsync("pods", () => purger.StopAsync(purge ? TimeSpan.Zero : s_podGrace, ct), "stopped");
        if (!purge)
            return;

        await progress.StageAsync("containers", () => purger.PurgeAsync(ct), "removed");
        await progress.StageAsync("network", async () =>
        {
            if (instance is not null)
                await NodeNetwork.PurgeAsync(NetworkOf(directory, instance), new HostNetwork(), NullLoggerFactory.Instance, ct);
        }, "removed");
        await progress.StageAsync("state", () =>
        {
            KubeletDirectory.Purge(directory);
            Mount.UnmountAllUnder(directory);
            Directory.Delete(directory, recursive: true);
            return Task.CompletedTask;
        }, $"{directory} removed");
        if (instance is { IsAgent: true, NodeName: { } name })
            output.WriteLine($"The cluster still knows this machine. Remove it there with: kubectl delete node {name}");
    }

    private static NodeNetworkOptions NetworkOf(string directory, InstanceFile instance) => NodeSideOptions.NetworkOf(
        directory,
        instance.NodeName ?? "",
        IpRanges.Parse(instance.PodCidr),
        instance.NodePodCidr is { } own ? IpRanges.Parse(own) : null,
        IpRanges.Parse(instance.ServiceCidr));

    private static async Task StopAsync(ProcessIdentity process, CancellationToken ct)
    {
        using var handle = ProcessHandle.Open(process.Pid);
        if (handle is null || !process.IsAlive)
            return;
        handle.Send(Signal.Term);
        try
        {
            await handle.WaitForExitAsync(ct).WaitAsync(s_stopLimit, ct);
        }
        catch (TimeoutException)
        {
            handle.Send(Signal.Kill);
            await handle.WaitForExitAsync(ct);
        }
    }
}
