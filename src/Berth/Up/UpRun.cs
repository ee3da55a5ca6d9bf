using System.Globalization;
using System.Net;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Bootstrap;
using Berth.Instance;
using Berth.Linux.Processes;
using Berth.Network.PodNetwork;
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
        // 1.
        var gateway = PodNetworkOptions.NthAddress(options.ControlPlane(null).OwnRange.Primary, 1);
        var plane = await progress.StageAsync("state", () => ControlPlane.OpenAsync(options.ControlPlane(gateway), time, logs), _ => options.DataDirectory);
        await using (plane)
        {
            var settings = options.NodeSide(plane.Certificates.Authority.PublicKeyHash);
            await using var node = new NodeSide(settings, time, logs);
            var link = LinkTo(plane);
            // 2.
            var runtime = progress.StageAsync("container runtime", async () =>
            {
                await node.StartRuntimeAsync(ct);
                return node.RuntimeText;
            }, text => text);
            try
            {
                var warnings = await progress.StageAsync("pod network", () => node.PrepareNetworkAsync(link.Network, ct), _ => $"{node.NetworkOptions.Bridge}, pods {settings.NodePodCidr} of {options.PodCidr}");
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
                NodePodCidr = settings.NodePodCidr.ToString(),
                NodeName = options.NodeName,
                ServiceCidr = options.ServiceCidr.ToString(),
                Kubeconfig = options.Kubeconfig,
                RuntimeEndpoint = options.RuntimeEndpoint,
            };
            file.Write(options.DataDirectory);
            await runtime;
            await using var ingress = options.Ingress is null
                ? null
                : await IngressSide.StartAsync(plane.ClientOf("berth-ingress", UserInfo.Of("system:berth-ingress", UserInfo.AuthenticatedGroup)), options.Ingress, options.NodeName, settings.HostAddresses, logs, time, ct);

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            // 4. 5.
            Task[] parts = [plane.RunAsync(stop.Token), node.RunAsync(link, stop.Token), .. ingress is null ? Array.Empty<Task>() : [ingress.RunAsync(stop.Token)]];
            try
            {
                // 6.
                var client = plane.ClientOf("berth-up", ClusterSecurity.Self);
                var ready = progress.StageAsync("node", () => NodeReadiness.WaitAsync(client, options.NodeName, options.DataDirectory, s_readyLimit, stop.Token), $"{options.NodeName} is Ready");
                await Parts.FirstOfAsync(ready, parts);
                await Parts.FirstOfAsync(progress.StageAsync("services and DNS", () => node.WaitForNetworkAsync(stop.Token).WaitAsync(s_readyLimit, time, stop.Token), $"services {options.ServiceCidr}, DNS {options.DnsAddress}"), parts);
                (file with { Ready = true }).Write(options.DataDirectory);
                Tell(progress.Elapsed);
                if (whenReady is not null)
                    await Parts.FirstOfAsync(whenReady(stop.Token), parts);
                await Parts.FirstEndAsync(parts, time);
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

    private NodeLink LinkTo(ControlPlane plane)
    {
        var serving = plane.Certificates.NodeServing(options.NodeName, [options.HostAddress, .. options.OtherAddress is { } other ? [other] : Array.Empty<IPAddress>(), IPAddress.Loopback]);
        return new NodeLink
        {
            Network = plane.ClientOf("kube-proxy", UserInfo.Of("system:kube-proxy", UserInfo.AuthenticatedGroup)),
            Agent = plane.ClientOf("kubelet", UserInfo.Of(UserInfo.NodeNamePrefix + options.NodeName, UserInfo.NodesGroup, UserInfo.AuthenticatedGroup)),
            Serving = () => serving.Current,
            Authority = plane.Certificates.Authority.PublicCertificate,
            Authorize = async (caller, verb, subresource, token) => (await plane.Authorizer.AuthorizeAsync(
                new AuthorizationAttributes(
                    UserInfo.Of(caller.Name, [.. caller.Groups]),
                    verb, "", "v1", "nodes", subresource, "", options.NodeName, "", IsResourceRequest: true),
                token)).Allowed,
        };
    }

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
