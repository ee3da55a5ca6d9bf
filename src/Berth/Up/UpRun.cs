using System.Globalization;
using Berth.ApiServer.Bootstrap;
using Berth.Client;
using Berth.Instance;
using Berth.Linux.Processes;
using Microsoft.Extensions.Logging;

namespace Berth.Up;

/// <summary>One Berth from its start to its end.</summary>
/// <remarks>
/// 1. Keys and store. 2. The runtime, and beside it the pods' bridge, because 3. the API server listens on its address too.
/// 4. Controllers and scheduler. 5. Agent, proxy and DNS. 6. The node is Ready. The first component that ends ends all.
/// </remarks>
internal sealed class UpRun(UpOptions options, TextWriter output, TimeProvider time, ILoggerFactory logs)
{
    // Past this something is broken that more waiting does not mend.
    private static readonly TimeSpan s_readyLimit = TimeSpan.FromSeconds(60);

    public async Task RunAsync(Func<CancellationToken, Task>? whenReady, CancellationToken ct)
    {
        var progress = new Progress(output);
        await using var node = new NodeSide(options, time, logs);
        var hostAddress = HostAddress.Primary([options.PodCidr, options.ServiceCidr]);
        // 1.
        var plane = await progress.StageAsync(
            "state", () => ControlPlane.OpenAsync(options, node.NetworkOptions.Gateway, hostAddress, time, logs), _ => options.DataDirectory);
        await using (plane)
        {
            // 2.
            var runtime = progress.StageAsync("container runtime", async () =>
            {
                await node.StartRuntimeAsync(ct);
                return node.RuntimeText;
            }, text => text);
            try
            {
                var warnings = await progress.StageAsync("pod network", () => node.PrepareNetworkAsync(plane, ct), _ => $"{node.NetworkOptions.Bridge}, pods {options.PodCidr}");
                foreach (var warning in warnings)
                    output.WriteLine($"  note   {warning}");
                // 3.
                await progress.StageAsync("API server", () => plane.StartAsync(ct), $"https://{options.Listen}");
            }
            catch
            {
                await ((Task)runtime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            var self = ProcessIdentity.Of(Environment.ProcessId)!.Value;
            var file = new InstanceFile
            {
                Pid = self.Pid,
                StartTicks = self.StartTicks,
                PodCidr = options.PodCidr.ToString(),
                ServiceCidr = options.ServiceCidr.ToString(),
                Kubeconfig = options.Kubeconfig,
                RuntimeEndpoint = options.RuntimeEndpoint,
            };
            file.Write(options.DataDirectory);
            await runtime;

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            // 4. 5.
            Task[] parts = [plane.RunAsync(stop.Token), node.RunAsync(plane, hostAddress, stop.Token)];
            try
            {
                // 6.
                var client = plane.ClientOf("berth-up", ClusterSecurity.Self);
                var ready = progress.StageAsync("node", () => NodeReadyAsync(client, stop.Token), $"{options.NodeName} is Ready");
                await FirstOf(ready, parts);
                await FirstOf(progress.StageAsync("services and DNS", () => node.WaitForNetworkAsync(stop.Token).WaitAsync(s_readyLimit, time, stop.Token), $"services {options.ServiceCidr}, DNS {options.DnsAddress}"), parts);
                (file with { Ready = true }).Write(options.DataDirectory);
                Tell(progress.Elapsed);
                if (whenReady is not null)
                    await FirstOf(whenReady(stop.Token), parts);
                await Task.WhenAny(parts);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // Asked to stop, perhaps while starting.
            }
            finally
            {
                await stop.CancelAsync();
                await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                file.Write(options.DataDirectory);
            }

            if (!ct.IsCancellationRequested && parts.FirstOrDefault(p => p.IsFaulted) is { Exception: { } failure })
            {
                RuntimeLog.Ended(logs.CreateLogger("Berth"), failure);
                throw failure.InnerException ?? failure;
            }
        }
    }

    // What is waited for, unless one of the parts ends before: then its failure.
    private static async Task FirstOf(Task wanted, Task[] parts)
    {
        var first = await Task.WhenAny([wanted, .. parts]);
        await first;
        if (first != wanted)
            throw new InvalidOperationException("a component of berth ended while it was starting");
    }

    private async Task NodeReadyAsync(IClusterClient client, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_readyLimit);
        Berth.Api.Core.V1.Node? last = null;
        try
        {
            var selector = "metadata.name=" + options.NodeName;
            while (true)
            {
                var list = await client.ListAsync<Berth.Api.Core.V1.Node>(null, new ListOptions { FieldSelector = selector }, limit.Token);
                last = list.Items.FirstOrDefault();
                if (last is not null && IsReady(last))
                    return;
                var watch = new ListOptions { FieldSelector = selector, ResourceVersion = list.Metadata.ResourceVersion };
                await foreach (var change in client.WatchAsync<Berth.Api.Core.V1.Node>(null, watch, limit.Token))
                {
                    last = change.Object;
                    if (IsReady(last))
                        return;
                }
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            var condition = last?.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");
            throw new UserErrorException(
                $"the node {options.NodeName} is not Ready after {s_readyLimit.TotalSeconds:F0} s: {(last is null ? "it has not registered" : condition?.Message ?? "it reports no condition")}",
                $"look into {Path.Combine(options.DataDirectory, "containerd", "containerd.log")}, or start again with --log-level debug",
                e);
        }
    }

    private static bool IsReady(Berth.Api.Core.V1.Node node) => node.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });

    private void Tell(TimeSpan elapsed)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            Berth is ready after {elapsed.TotalSeconds:F1} s.
              export KUBECONFIG={options.Kubeconfig}
              kubectl get nodes
            """));
        output.Flush();
    }
}
