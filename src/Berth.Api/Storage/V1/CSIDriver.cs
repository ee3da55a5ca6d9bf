using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>What the cluster has to know of a CSI driver. Its name is the driver's.</summary>
[Kind("storage.k8s.io", "v1", "CSIDriver")]
[Resource("csidrivers", "csidriver", Namespaced = false)]
public sealed partial record CSIDriver
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The facts.</summary>
    [Field(2, Required = true)]
    public CSIDriverSpec Spec { get; init; } = CSIDriverSpec.Empty;
}
