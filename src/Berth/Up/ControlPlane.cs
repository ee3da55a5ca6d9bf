using System.Net;
using Berth.ApiServer;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Bootstrap;
using Berth.ApiServer.Pki;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Metadata;
using Berth.Controllers;
using Berth.Instance;
using Berth.Scheduler;
using Berth.Store;
using Berth.Store.Sqlite;
using Microsoft.Extensions.Logging;

namespace Berth.Up;

/// <summary>
/// Store, API server, controllers and scheduler of one Berth: <see cref="OpenAsync"/>, then <see cref="StartAsync"/>, then
/// <see cref="RunAsync"/>, which runs until cancelled.
/// </summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly ControlPlaneOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly SqliteStore _store;
    private readonly ClusterSecurity _security;
    private readonly List<IDisposable> _owned = [];
    private readonly List<EventRecorder> _recorders = [];

    private ControlPlane(ControlPlaneOptions options, TimeProvider time, ILoggerFactory logs, SqliteStore store, ClusterCertificates certificates, ClusterSecurity security, ApiServerHost server)
    {
        _options = options;
        _time = time;
        _logs = logs;
        _store = store;
        Certificates = certificates;
        _security = security;
        Server = server;
    }

    private const string ManagerName = "kube-controller-manager";

    // Never resolved: the in-process transport looks at the path alone.
    private static Uri InProcess { get; } = new("https://berth.in-process/");

    public ClusterCertificates Certificates { get; }

    public ApiServerHost Server { get; }

    /// <summary>Decides for the node agent's endpoint too.</summary>
    public IAuthorizer Authorizer => _security.Authorizer;

    /// <summary>Opens the state and puts the server together; it does not listen yet.</summary>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    /// <exception cref="PkiException">Keys or certificates are missing or damaged.</exception>
    public static async Task<ControlPlane> OpenAsync(ControlPlaneOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var certificates = ClusterCertificates.LoadOrCreate(
            options.DataDirectory,
            new PkiOptions
            {
                DnsNames = [Environment.MachineName, .. options.ExtraNames.Where(n => !IPAddress.TryParse(n, out _))],
                Addresses = AddressesOf(options),
                ServiceCidr = options.ServiceCidr.Primary,
                ClusterDomain = options.ClusterDomain,
            },
            time);
        SqliteStore? store = null;
        HttpMessageInvoker? webhook = null;
        try
        {
            var audit = options.Audit?.Log;
            if (options.Audit?.Webhook is { } target)
            {
                webhook = target.Connect("berth-audit").Http;
                audit = audit! with { Webhook = new AuditWebhook(webhook, target.Server) };
            }

            var security = new ClusterSecurity(certificates, new TokenOptions { Issuer = $"https://kubernetes.default.svc.{options.ClusterDomain}" }, time);
            store = SqliteStore.Open(new SqliteStoreOptions { Directory = Path.Combine(options.DataDirectory, "store") });
            var server = new ApiServerHost(security.Apply(
                new ApiServerOptions
                {
                    Store = store,
                    Time = time,
                    Logging = logs,
                    Listen = options.Listen,
                    AlsoListen = !options.ListensEverywhere && options.PodGateway is { } gateway ? [new(gateway, options.Listen.Port)] : [],
                    NodeTransport = NodeTransport.Create(certificates),
                    ProxyIdentity = () => certificates.ProxyClient.Current,
                    Audit = audit,
                    RegistersApiServices = true,
                },
                objects => AdmissionPlugins.Default(objects, options.ServiceCidr, time, protectStorage: true, taintNewNodes: true, authorizer: () => security.Authorizer)));
            var plane = new ControlPlane(options, time, logs, store, certificates, security, server);
            if (webhook is not null)
                plane._owned.Add(webhook);
            return plane;
        }
        catch
        {
            webhook?.Dispose();
            if (store is not null)
                await store.DisposeAsync();
            certificates.Dispose();
            throw;
        }
    }

    /// <summary>This machine's public key, where pods' packets between machines are encrypted; told to machines that join.</summary>
    public string WireguardKey { get; set; } = "";

    /// <summary>Listens, brings about what a cluster begins with, and writes the administrator's kubeconfig.</summary>
    /// <exception cref="UserErrorException">The address is in use.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        try
        {
            await Server.StartAsync(ct);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new UserErrorException($"{_options.Listen} is in use by another program", "name another address with --listen, such as 127.0.0.1:7443", e);
        }

        await _security.BootstrapAsync(Server, _options.ServiceCidr, _options.Advertised, ct, _options.Facts with { ControlPlaneKey = WireguardKey });
        Kubeconfig.Write(_options.Kubeconfig, Kubeconfig.Text(_options.Local, Certificates.Authority, Certificates.Admin, "admin"));
    }

    /// <summary>A client in this process, as the user.</summary>
    public ClusterClient ClientOf(string name, UserInfo user)
    {
        return new ClusterClient(HttpOf(user), InProcess, name);
    }

    private ControllerContext ActingAs(ControllerContext context, string account)
    {
        var user = UserInfo.ServiceAccount("kube-system", account, "");
        var client = ClientOf(ManagerName, user);
        return context with
        {
            Client = client,
            Metadata = new MetadataClient(HttpOf(user), InProcess, ManagerName),
            Events = component => RecorderOf(component, null, client),
        };
    }

    private static IPAddress[] AddressesOf(ControlPlaneOptions options) =>
    [
        options.ListensEverywhere ? options.HostAddress : options.Listen.Address,
        .. options.OtherAddress is { } other ? [other] : Array.Empty<IPAddress>(),
        .. options.PodGateway is { } gateway ? [gateway] : Array.Empty<IPAddress>(),
        .. options.Advertise is { } advertised ? [advertised] : Array.Empty<IPAddress>(),
        .. options.ExtraNames.Select(n => IPAddress.TryParse(n, out var address) ? address : null).OfType<IPAddress>(),
    ];

    private HttpMessageInvoker HttpOf(UserInfo user)
    {
        var http = new HttpMessageInvoker(Server.InProcess(user));
        _owned.Add(http);
        return http;
    }

    public EventRecorder RecorderOf(string component, string? host, IClusterClient client)
    {
        var recorder = new EventRecorder(client, component, host, _time, _logs.CreateLogger("Berth.Client.Events"));
        _recorders.Add(recorder);
        return recorder;
    }

    /// <summary>Runs controllers, scheduler and housekeeping until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // Who reads for all controllers; each writes as its own service account.
        var manager = UserInfo.Of("system:kube-controller-manager", UserInfo.AuthenticatedGroup);
        var controllers = ClientOf(ManagerName, manager);
        var informers = new InformerFactory(controllers, _logs, _time);
        var context = new ControllerContext(controllers, informers, _time, _logs, component => RecorderOf(component, null, controllers))
        {
            Metadata = new MetadataClient(HttpOf(manager), InProcess, ManagerName),
            RootCertificates = Certificates.Authority.Pem,
            CertificateSigner = new AuthoritySigner(Certificates.Authority),
            PodRange = _options.PodCidr,
            DnsAddress = _options.DnsAddress,
            Accounts = ActingAs,
        };
        var all = ControllerSet.Create(context);

        var scheduling = ClientOf("kube-scheduler", UserInfo.Of("system:kube-scheduler", UserInfo.AuthenticatedGroup));
        var schedulerInformers = new InformerFactory(scheduling, _logs, _time);
        using var scheduler = new PodScheduler(schedulerInformers, RecorderOf("default-scheduler", null, scheduling), _time, _logs.CreateLogger("Berth.Scheduler"));

        try
        {
            await Task.WhenAll([
                _security.RunAsync(Server, ct),
                informers.RunAsync(ct),
                .. all.Select(c => c.RunAsync(ct)),
                schedulerInformers.RunAsync(ct),
                scheduler.RunAsync(ct),
            ]);
        }
        finally
        {
            foreach (var controller in all)
                controller.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var recorder in _recorders)
            await recorder.DisposeAsync();
        await Server.DisposeAsync();
        foreach (var owned in _owned)
            owned.Dispose();
        await _store.DisposeAsync();
        Certificates.Dispose();
    }
}
