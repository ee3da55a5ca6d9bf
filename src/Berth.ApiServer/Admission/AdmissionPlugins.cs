using Berth.ApiServer.Admission.PodSecurity;
using Berth.ApiServer.Admission.Policies;
using Berth.ApiServer.Admission.Quota;
using Berth.ApiServer.Admission.Services;
using Berth.ApiServer.Admission.Webhooks;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Registry;
using Berth.Resources.Addresses;

namespace Berth.ApiServer.Admission;

/// <summary>The plugins that a cluster has unless somebody chooses otherwise, in the order in which they run. Those of security come before them.</summary>
public static class AdmissionPlugins
{
    /// <param name="serviceCidr">Where services get their addresses from.</param>
    /// <param name="random">Of names, addresses and ports. Seeded in simulation.</param>
    /// <param name="protectStorage">Only where a controller takes the finalizers away again; without one, claims would never go.</param>
    /// <param name="taintNewNodes">Only where a controller takes the taint away again; without one, no node would ever get a pod.</param>
    /// <param name="authorizer">Whom expressions of webhooks and policies ask; asked for when the first one does. Null: everything is allowed.</param>
    public static IReadOnlyList<IAdmissionPlugin> Default(
        IObjectReader objects, IpRanges serviceCidr, TimeProvider? clock = null, Random? random = null, bool protectStorage = false, bool taintNewNodes = false,
        Func<IAuthorizer>? authorizer = null)
    {
        clock ??= TimeProvider.System;
        random ??= new Random();
        var authority = new Lazy<IAuthorizer>(authorizer ?? (() => new EverythingIsAllowed()));
        List<IAdmissionPlugin> plugins =
        [
            new LimitRangerPlugin(objects),
            new ServiceAccountPlugin(objects, clock, new Random(random.Next())),
            new PriorityPlugin(objects),
            new DefaultTolerationSecondsPlugin(),
            new DefaultStorageClassPlugin(objects),
            new ClaimResizePlugin(objects),
            new RuntimeClassPlugin(objects),
            new DefaultIngressClassPlugin(objects),
            new PodSecurityPlugin(objects),
        ];
        if (taintNewNodes)
            plugins.Add(new TaintNodesByConditionPlugin());
        if (protectStorage)
            plugins.Add(new StorageObjectInUseProtectionPlugin());

        plugins.Add(new MutatingPolicyPlugin(objects, authority));
        plugins.Add(new ValidatingPolicyPlugin(objects, authority));

        // Behind all that change objects, before what only reserves.
        plugins.Add(new WebhookPlugin(objects, authority, new Random(random.Next())));

        // Last: what is reserved here is given back when anything before refuses.
        plugins.Add(new ServiceAllocation(objects, new ServiceNetwork(serviceCidr), clock, new Random(random.Next())));
        plugins.Add(new ResourceQuotaPlugin(objects, clock));
        return plugins;
    }
}
