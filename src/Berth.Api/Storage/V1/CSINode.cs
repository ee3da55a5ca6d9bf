using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>CSI drivers of a node. Its name is the node's.</summary>
[Kind("storage.k8s.io", "v1", "CSINode")]
[Resource("csinodes", "csinode", Namespaced = false)]
public sealed partial record CSINode
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The drivers.</summary>
    [Field(2, Required = true)]
    public CSINodeSpec Spec { get; init; } = CSINodeSpec.Empty;
}
