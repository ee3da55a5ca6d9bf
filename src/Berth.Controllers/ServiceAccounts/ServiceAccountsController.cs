using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;

namespace Berth.Controllers.ServiceAccounts;

/// <summary>
/// Sees that each namespace has what pods in it take for granted: the service account <c>default</c> and the ConfigMap
/// <c>kube-root-ca.crt</c> with the certificates that the API server is trusted by.
/// </summary>
public sealed class ServiceAccountsController : Controller
{
    private const string DefaultAccount = "default";
    private const string RootCertificates = "kube-root-ca.crt";

    private readonly Informer<Namespace> _namespaces;
    private readonly Informer<ServiceAccount> _accounts;
    private readonly Informer<ConfigMap> _configMaps;
    private readonly IClusterClient _publisher;

    public ServiceAccountsController(ControllerContext context)
        : base(context.As("service-account-controller"), "serviceaccount-controller")
    {
        _publisher = context.As("root-ca-cert-publisher").Client;
        _namespaces = context.Informers.For<Namespace>();
        _accounts = context.Informers.For<ServiceAccount>();
        _configMaps = context.Informers.For<ConfigMap>();
        _namespaces.AddHandler(Enqueue, (_, value) => Enqueue(value));
        _accounts.AddHandler(deleted: account => EnqueueNamespace(account, DefaultAccount));
        _configMaps.AddHandler(updated: (_, map) => EnqueueNamespace(map, RootCertificates), deleted: map => EnqueueNamespace(map, RootCertificates));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var ns = key.Name;
        if (_namespaces.Cache.Get("", ns) is not { Metadata.DeletionTimestamp: null })
            return;
        if (_accounts.Cache.Get(ns, DefaultAccount) is null)
            await CreateAsync(Client, new ServiceAccount { Metadata = new() { Namespace = ns, Name = DefaultAccount } }, ct).ConfigureAwait(false);
        var wanted = ApiMap.Of(("ca.crt", Context.RootCertificates));
        if (_configMaps.Cache.Get(ns, RootCertificates) is not { } map)
        {
            await CreateAsync(
                _publisher,
                new ConfigMap
                {
                    Metadata = new()
                    {
                        Namespace = ns,
                        Name = RootCertificates,
                        Annotations = ApiMap.Of(("kubernetes.io/description", "Authorities that the API server's certificate is verified with, for use inside the cluster.")),
                    },
                    Data = wanted,
                },
                ct).ConfigureAwait(false);
        }
        else if (!map.Data.Equals(wanted))
        {
            await _publisher.UpdateAsync(map with { Data = wanted }, ct: ct).ConfigureAwait(false);
        }
    }

    private void EnqueueNamespace(IApiObject value, string name)
    {
        if (value.Metadata.Name == name)
            Queue.Add(new ObjectKey("", value.Metadata.Namespace));
    }

    private static async Task CreateAsync<T>(IClusterClient client, T value, CancellationToken ct)
        where T : class, IApiObject<T>
    {
        try
        {
            await client.CreateAsync(value, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists || e.IsForbidden)
        {
            // Somebody was faster, or the namespace began to end: the watch tells which, and this key comes again.
        }
    }
}
