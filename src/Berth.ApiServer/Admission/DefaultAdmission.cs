using Berth.ApiServer.Admission.PodSecurity;
using Berth.ApiServer.Admission.Quota;
using Berth.ApiServer.Admission.Services;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission;

/// <summary>The plugins that a cluster has unless somebody chooses otherwise, in the order in which they run.</summary>
public static class DefaultAdmission
{
    /// <param name="protectStorage">Only where a controller takes the finalizers away again; without one, claims would never go.</param>
    /// <param name="taintNewNodes">Only where a controller takes the taint away again; without one, no node would ever get a pod.</param>
    public static AdmissionChain Create(
        IObjectReader objects, ServiceNetwork network, TimeProvider clock, Random random, bool protectStorage = false, bool taintNewNodes = false)
    {
        List<IAdmissionPlugin> plugins =
        [
            new NodeRestriction(objects),
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

        // Last: what is reserved here is given back when anything before refuses.
        plugins.Add(new ServiceAllocation(objects, network, clock, new Random(random.Next())));
        plugins.Add(new ResourceQuotaPlugin(objects, clock));
        return new AdmissionChain(plugins);
    }
}
