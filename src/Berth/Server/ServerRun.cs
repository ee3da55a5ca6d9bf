using System.Globalization;
using System.Net;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Bootstrap;
using Berth.Client.Informers;
using Berth.Instance;
using Berth.Linux.Processes;
using Berth.Network;
using Berth.Network.PodNetwork;
using Berth.Up;
using Microsoft.Extensions.Logging;

namespace Berth.Server;

/// <summary>
/// A control plane on a machine that is no node. It has the routes to the nodes' pods all the same: the API server proxies to
/// them, and calls webhooks that run in them.
/// </summary>
internal sealed class ServerRun(UpOptions options, TextWriter output, TimeProvider time, ILoggerFactory logs)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var progress = new Progress(output);
        var settings = options.ControlPlane(podGateway: null);
        var plane = await progress.StageAsync("state", () => ControlPlane.OpenAsync(settings, time, logs), _ => options.DataDirectory);
        await using (plane)
        {
            var host = new HostNetwork();
            var network = options.NodeSide(plane.Certificates.Authority.PublicKeyHash).Network with { NodeName = "" };
            await AddressRanges.RequireFreeAsync(network, host, ct);
            try
            {
                plane.WireguardKey = await NodeRoutes.EnsureKeyAsync(network, host, ct) ?? "";
            }
            catch (WireguardMissingException e)
            {
                throw new UserErrorException(e.Message, "load the module (modprobe wireguard), or choose another --pod-network", e);
            }

            await progress.StageAsync("API server", () => plane.StartAsync(ct), $"https://{settings.Advertised?.ToString() ?? options.Listen.ToString()}");
            var file = Instance();
            file.Write(options.DataDirectory);

            var client = plane.ClientOf("kube-proxy", UserInfo.Of("system:kube-proxy", UserInfo.AuthenticatedGroup));
            var informers = new InformerFactory(client, logs, time);
            var routes = new NodeRoutes(informers, network.Routes!, network, host, logs.CreateLogger<NodeRoutes>(), time);
            IPAddress[] addresses = [options.HostAddress, .. options.OtherAddress is { } other ? [other] : Array.Empty<IPAddress>()];
            await using var ingress = options.Ingress is null
                ? null
                : await IngressSide.StartAsync(plane.ClientOf("berth-ingress", UserInfo.Of("system:berth-ingress", UserInfo.AuthenticatedGroup)), options.Ingress, "", addresses, logs, time, ct);
            var announcing = IngressSide.AnnounceAsync(plane.ClientOf("berth-server", ClusterSecurity.Self), options.Ingress ?? new(), ingress is null ? [] : addresses, time, ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task[] parts =
            [
                plane.RunAsync(stop.Token), informers.RunAsync(stop.Token), routes.RunAsync(stop.Token),
                .. ingress is null ? Array.Empty<Task>() : [ingress.RunAsync(stop.Token)],
            ];
            try
            {
                await Parts.FirstOfAsync(progress.StageAsync("routes", () => routes.Ready.WaitAsync(stop.Token), $"pods {options.PodCidr}"), parts);
                await Parts.FirstOfAsync(announcing, parts);
                (file with { Ready = true }).Write(options.DataDirectory);
                Tell(progress.Elapsed);
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

    private InstanceFile Instance()
    {
        var self = ProcessIdentity.Of(Environment.ProcessId)!.Value;
        return new InstanceFile
        {
            Pid = self.Pid,
            StartTicks = self.StartTicks,
            PodCidr = options.PodCidr.ToString(),
            NodePodCidr = options.ControlPlane(null).OwnRange.ToString(),
            ServiceCidr = options.ServiceCidr.ToString(),
            Kubeconfig = options.Kubeconfig,
        };
    }

    private void Tell(TimeSpan elapsed)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            The control plane is ready after {elapsed.TotalSeconds:F1} s.
              export KUBECONFIG={options.Kubeconfig}
              berth token create --data-dir {options.DataDirectory}    prints how other machines join
            """));
        output.Flush();
    }
}
