using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Bootstrap;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Instance;
using Berth.Join;
using Berth.Linux.Processes;
using Berth.Resources.Addresses;
using Berth.Up;
using Microsoft.Extensions.Logging;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Agent;

/// <summary>One machine of a cluster whose control plane is elsewhere, from its start to its end.</summary>
/// <remarks>
/// 1. Papers: those of an earlier start, or new ones by the token. 2. The cluster's network. 3. The Node object, which gets its
/// range of pod addresses. 4. The serving certificate. 5. Runtime and pods' bridge. 6. Agent, proxy, DNS, routes and the
/// renewal of certificates. 7. The node is Ready. The first component that ends ends all.
/// </remarks>
internal sealed partial class AgentRun(AgentOptions options, TextWriter output, TimeProvider time, ILoggerFactory logs)
{
    // Past this something is broken that more waiting does not mend.
    private static readonly TimeSpan s_readyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_rangeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_retryMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_retryMax = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = logs.CreateLogger("Berth.Agent");

    public async Task RunAsync(CancellationToken ct)
    {
        var progress = new Progress(output);
        // 1.
        var papers = await progress.StageAsync("membership", () => PapersAsync(ct), p => $"{p.NodeName} at {p.Server.GetLeftPart(UriPartial.Authority)}");
        var (client, http) = Joining.Connect(papers, "kubelet");
        var (networkClient, networkHttp) = Joining.Connect(papers, "kube-proxy");
        var (ingressClient, ingressHttp) = Joining.Connect(papers, "berth-ingress");
        using (http)
        using (networkHttp)
        using (ingressHttp)
        {
            // 2.
            var network = await progress.StageAsync("cluster", () => ReadNetworkAsync(client, ct), n => $"pods {n.PodCidr}, services {n.ServiceCidr}");
            // 3.
            var own = await OwnAddressesAsync(papers.Server, network, ct);
            var range = await progress.StageAsync("node", () => RegisterAsync(client, papers.NodeName, own, ct), r => $"{string.Join(", ", own)}, pods {r}");
            if (options.Ingress is not null)
                await IngressSide.RequireRightsAsync(client, papers.NodeName, ct);
            // 4.
            var ask = new CertificateAsk(client, papers.NodeName, options.CertificateLifetime, time);
            IPAddress[] addresses = [.. own, IPAddress.Loopback];
            await progress.StageAsync("certificate", () => EnsureServingAsync(papers, ask, addresses, ct), _ => $"good until {papers.Serving!.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");

            var settings = new NodeSideOptions
            {
                DataDirectory = options.DataDirectory,
                NodeName = papers.NodeName,
                HostAddress = own[0],
                OtherAddress = own.Length > 1 ? own[1] : null,
                RuntimeEndpoint = options.RuntimeEndpoint,
                PodCidr = network.PodCidr,
                NodePodCidr = range,
                ServiceCidr = network.ServiceCidr,
                ClusterDomain = network.ClusterDomain,
                PodNetwork = network.Mode,
                PodPacketMax = options.PodPacketMax,
                NodeConfiguration = options.NodeConfiguration,
                HasIngress = options.Ingress is not null,
                ClusterNumber = NodeSideOptions.NumberOf(JoinToken.HashOf(papers.Authority)),
                ControlPlane = network.ControlPlane,
            };
            var file = InstanceOf(settings);
            file.Write(options.DataDirectory);
            await using var node = new NodeSide(settings, time, logs);
            // 5.
            await progress.StageAsync("container runtime", async () =>
            {
                await node.StartRuntimeAsync(ct);
                return node.RuntimeText;
            }, text => text);
            var warnings = await progress.StageAsync("pod network", () => node.PrepareNetworkAsync(networkClient, ct), _ => $"{node.NetworkOptions.Bridge}, pods {range} of {network.PodCidr}");
            foreach (var warning in warnings)
                output.WriteLine($"  note   {warning}");

            // 6.
            var access = new NodeAccess(client, papers.NodeName, time);
            var link = new NodeLink
            {
                Network = networkClient,
                Agent = client,
                Serving = () => papers.Serving!,
                Authority = papers.Authority,
                Authorize = access.AuthorizeAsync,
                AuthenticateToken = access.AuthenticateAsync,
            };
            await using var ingress = options.Ingress is null ? null : await IngressSide.StartAsync(ingressClient, options.Ingress, papers.NodeName, own, logs, time, ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task[] parts =
            [
                node.RunAsync(link, stop.Token), new CertificateRenewal(papers, ask, addresses, time, _log).RunAsync(stop.Token),
                .. ingress is null ? Array.Empty<Task>() : [ingress.RunAsync(stop.Token)],
            ];
            try
            {
                // 7.
                var ready = progress.StageAsync("ready", () => NodeReadiness.WaitAsync(client, papers.NodeName, options.DataDirectory, s_readyLimit, stop.Token), $"{papers.NodeName} is Ready");
                await Parts.FirstOfAsync(ready, parts);
                await Parts.FirstOfAsync(progress.StageAsync("services and DNS", () => node.WaitForNetworkAsync(stop.Token).WaitAsync(s_readyLimit, time, stop.Token), $"services {network.ServiceCidr}, DNS {settings.DnsAddress}"), parts);
                (file with { Ready = true }).Write(options.DataDirectory);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nThe node {papers.NodeName} is ready after {progress.Elapsed.TotalSeconds:F1} s."));
                output.Flush();
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
                RuntimeLog.Ended(_log, failure);
                throw failure.InnerException ?? failure;
            }
        }
    }

    private async Task<NodePapers> PapersAsync(CancellationToken ct)
    {
        var papers = NodePapers.Load(options.DataDirectory);
        if (papers is { Client: { } certificate } && !CertificateRenewal.IsOver(certificate, time))
        {
            if (options.Token is { } given && !Joining.SameAuthority(papers.Authority, given))
                throw new UserErrorException($"this machine is a member of another cluster, at {papers.Server}", $"leave that one first with: berth down --purge --data-dir {options.DataDirectory}");
            return options.Server is { } server && server != papers.Server ? papers.At(server) : papers;
        }

        if ((options.Server ?? papers?.Server) is { } joined && options.Token is { } token)
            return await Joining.JoinAsync(options.DataDirectory, joined, token, papers?.NodeName ?? options.NodeName, options.CertificateLifetime, time, ct);
        throw papers?.Client is { } over
            ? new UserErrorException($"this machine's certificate expired at {over.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC, while it was away", "check its clock; if it is right, join again with a new token: berth agent --token TOKEN")
            : new UserErrorException("this machine has not joined a cluster yet", "name one: berth agent --join https://HOST:6443 --token TOKEN (TOKEN from berth token create)");
    }

    private Task<ClusterNetwork> ReadNetworkAsync(IClusterClient client, CancellationToken ct) => PersistentlyAsync(
        async () => ClusterNetwork.Read(await client.GetAsync<ConfigMap>(ClusterFacts.Namespace, ClusterFacts.NetworkName, ct: ct)), ct);

    private async Task<IpRanges> RegisterAsync(IClusterClient client, string name, IPAddress[] addresses, CancellationToken ct)
    {
        var wanted = new ApiNode
        {
            Metadata = new() { Name = name, Labels = ApiMap.Of(("kubernetes.io/hostname", name)) },
            Status = new() { Addresses = [.. addresses.Select(a => new NodeAddress { Type = "InternalIP", Address = a.ToString() }), new() { Type = "Hostname", Address = name }] },
        };
        var began = time.GetTimestamp();
        var wait = s_retryMin / 4;
        while (true)
        {
            var node = await PersistentlyAsync(() => EnsureNodeAsync(client, wanted, ct), ct);
            if (!node.Spec.PodCIDRs.IsEmpty && IpRanges.TryParse(string.Join(',', node.Spec.PodCIDRs), out var range))
                return range;
            if (time.GetElapsedTime(began) > s_rangeLimit)
                throw new UserErrorException($"the cluster has given this node no range of pod addresses within {s_rangeLimit.TotalSeconds:F0} s", $"see the events of the node: kubectl describe node {name}. When all ranges are taken, delete nodes that have gone");
            await Task.Delay(wait, time, ct);
            wait = wait * 1.5 < s_retryMax ? wait * 1.5 : s_retryMax;
        }
    }

    private static async Task<ApiNode> EnsureNodeAsync(IClusterClient client, ApiNode wanted, CancellationToken ct)
    {
        try
        {
            var present = await client.GetAsync<ApiNode>(null, wanted.Metadata.Name, ct: ct);
            return present.Status.Addresses.Equals(wanted.Status.Addresses)
                ? present
                : await client.UpdateStatusAsync(present with { Status = present.Status with { Addresses = wanted.Status.Addresses } }, ct: ct);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return await client.CreateAsync(wanted, ct: ct);
        }
    }

    private async Task<NodePapers> EnsureServingAsync(NodePapers papers, CertificateAsk ask, IPAddress[] addresses, CancellationToken ct)
    {
        if (papers.Serving is not { } present || CertificateRenewal.IsOver(present, time) || !IsFor(present, addresses))
            papers.KeepServing(await PersistentlyAsync(() => ask.ServingAsync(addresses, ct), ct));
        return papers;
    }

    private static bool IsFor(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, IPAddress[] addresses) =>
        ApiServer.Pki.SubjectNames.Of(certificate).Addresses.IsSupersetOf(addresses.Select(a => a.ToString()));

    /// <summary>The server may be away for a while, after a power cut for instance: a member waits for it.</summary>
    private async Task<T> PersistentlyAsync<T>(Func<Task<T>> act, CancellationToken ct)
    {
        var wait = s_retryMin;
        while (true)
        {
            try
            {
                return await act();
            }
            catch (Exception e) when (!ct.IsCancellationRequested && (e is HttpRequestException or IOException or OperationCanceledException || e is ApiException { Code: 409 or 429 or >= 500 }))
            {
                LogWaiting(_log, e.Message);
                await Task.Delay(wait, time, ct);
                wait = wait * 2 < s_retryMax ? wait * 2 : s_retryMax;
            }
        }
    }

    /// <summary>The primary first: of the family of the pods' primary addresses.</summary>
    private async Task<IPAddress[]> OwnAddressesAsync(Uri server, ClusterNetwork network, CancellationToken ct)
    {
        var families = network.PodCidr.Families.ToArray();
        if (options.NodeAddresses is { } named)
        {
            return named.First.AddressFamily == families[0]
                ? [named.First, .. named.Second is { } second && families.Length > 1 ? [second] : Array.Empty<IPAddress>()]
                : throw new UserErrorException($"--node-ip {named.First} is not of the family of the cluster's pods, {network.PodCidr}", "name an address of that family first");
        }

        try
        {
            var there = IPAddress.TryParse(server.DnsSafeHost, out var given) ? given : (await Dns.GetHostAddressesAsync(server.DnsSafeHost, ct))[0];
            IPNetwork[] own = [.. network.PodCidr.All, .. network.ServiceCidr.All];
            var first = there.AddressFamily == families[0]
                ? HostAddress.Toward(there)
                : HostAddress.Secondary(families[0], own) ?? throw new UserErrorException($"this machine has no address of the family of the cluster's pods, {network.PodCidr}", "give it one, and name it with --node-ip");
            return families.Length > 1 && HostAddress.Secondary(families[1], own) is { } other ? [first, other] : [first];
        }
        catch (SocketException e)
        {
            throw new UserErrorException($"this machine has no way to {server.Host}: {e.Message}", "see its routes (ip route) and names (/etc/resolv.conf), or name its own address with --node-ip", e);
        }
    }

    private InstanceFile InstanceOf(NodeSideOptions settings)
    {
        var self = ProcessIdentity.Of(Environment.ProcessId)!.Value;
        return new InstanceFile
        {
            Pid = self.Pid,
            StartTicks = self.StartTicks,
            PodCidr = settings.PodCidr.ToString(),
            NodePodCidr = settings.NodePodCidr.ToString(),
            NodeName = settings.NodeName,
            IsAgent = true,
            ServiceCidr = settings.ServiceCidr.ToString(),
            Kubeconfig = "",
            RuntimeEndpoint = options.RuntimeEndpoint,
        };
    }

    [LoggerMessage(9111, LogLevel.Warning, "The server does not answer, trying again: {Problem}")]
    private static partial void LogWaiting(ILogger log, string problem);
}
