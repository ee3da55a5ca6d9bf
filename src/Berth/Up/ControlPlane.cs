using System.Net;
using Berth.ApiServer;
using Berth.ApiServer.Admission;
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
    private readonly UpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly SqliteStore _store;
    private readonly ClusterSecurity _security;
    private readonly IPEndPoint _advertised;
    private readonly List<IDisposable> _owned = [];
    private readonly List<EventRecorder> _recorders = [];

    private ControlPlane(UpOptions options, TimeProvider time, ILoggerFactory logs, SqliteStore store, ClusterCertificates certificates, ClusterSecurity security, ApiServerHost server, IPEndPoint advertised)
    {
        _options = options;
        _time = time;
        _logs = logs;
        _store = store;
        Certificates = certificates;
        _security = security;
        Server = server;
        _advertised = advertised;
    }

    // Never resolved: the in-process transport looks at the path alone.
    private static Uri InProcess { get; } = new("https://berth.in-process/");

    public ClusterCertificates Certificates { get; }

    public ApiServerHost Server { get; }

    /// <summary>Decides for the node agent's endpoint too.</summary>
    public IAuthorizer Authorizer => _security.Authorizer;

    /// <summary>Opens the state and puts the server together; it does not listen yet.</summary>
    /// <param name="podGateway">Address of this machine on the pods' bridge: pods reach the API server there.</param>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    /// <exception cref="PkiException">Keys or certificates are missing or damaged.</exception>
    public static async Task<ControlPlane> OpenAsync(UpOptions options, IPAddress podGateway, IPAddress hostAddress, TimeProvider time, ILoggerFactory logs)
    {
        var everywhere = options.Listen.Address.Equals(IPAddress.Any);
        var certificates = ClusterCertificates.LoadOrCreate(
            options.DataDirectory,
            new PkiOptions
            {
                DnsNames = [Environment.MachineName, options.NodeName],
                Addresses = everywhere ? [hostAddress, podGateway] : [options.Listen.Address, podGateway],
                ServiceCidr = options.ServiceCidr,
                ClusterDomain = options.ClusterDomain,
            },
            time);
        SqliteStore? store = null;
        try
        {
            var security = new ClusterSecurity(certificates, new TokenOptions { Issuer = $"https://kubernetes.default.svc.{options.ClusterDomain}" }, time);
            store = SqliteStore.Open(new SqliteStoreOptions { Directory = Path.Combine(options.DataDirectory, "store") });
            var advertised = new IPEndPoint(podGateway, options.Listen.Port);
            var server = new ApiServerHost(security.Apply(
                new ApiServerOptions
                {
                    Store = store,
                    Time = time,
                    Logging = logs,
                    Listen = options.Listen,
                    AlsoListen = everywhere ? [] : [advertised],
                    NodeTransport = NodeTransport.Create(certificates),
                },
                objects => AdmissionPlugins.Default(objects, options.ServiceCidr, time)));
            return new ControlPlane(options, time, logs, store, certificates, security, server, advertised);
        }
        catch
        {
            if (store is not null)
                await store.DisposeAsync();
            certificates.Dispose();
            throw;
        }
    }

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

        await _security.BootstrapAsync(Server, _options.ServiceCidr, _advertised, ct);
        var reach = _options.Listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : _options.Listen.Address;
        Kubeconfig.Write(_options.Kubeconfig, Kubeconfig.Text(new Uri($"https://{reach}:{_options.Listen.Port}"), Certificates.Authority, Certificates.Admin, "admin"));
    }

    /// <summary>A client in this process, as the user.</summary>
    public ClusterClient ClientOf(string name, UserInfo user)
    {
        return new ClusterClient(HttpOf(user), InProcess, name);
    }

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
        var manager = UserInfo.Of("system:kube-controller-manager", UserInfo.MastersGroup, UserInfo.AuthenticatedGroup);
        var controllers = ClientOf("kube-controller-manager", manager);
        var informers = new InformerFactory(controllers, _logs, _time);
        var context = new ControllerContext(controllers, informers, _time, _logs, component => RecorderOf(component, null, controllers))
        {
            Metadata = new MetadataClient(HttpOf(manager), InProcess, "kube-controller-manager"),
            RootCertificates = Certificates.Authority.Pem,
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
