using Berth.Api.Resource.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Devices;

public sealed class ResourceClaimTemplateStrategy : ResourceStrategy<ResourceClaimTemplate>
{
    public override bool HasGeneration => false;

    public override ResourceClaimTemplate Default(ResourceClaimTemplate value)
    {
        var spec = DeviceRequestRules.Default(value.Spec.Spec);
        return spec == value.Spec.Spec ? value : value with { Spec = value.Spec with { Spec = spec } };
    }

    // Not of updates: as of claims.
    public override void ValidateCreate(ResourceClaimTemplate value, FieldErrors errors)
    {
        MetadataRules.Labels(errors, FieldPath.Spec["metadata"]["labels"], value.Spec.Metadata.Labels);
        DeviceRequestRules.Validate(errors, FieldPath.Spec["spec"], value.Spec.Spec);
    }

    public override void ValidateUpdate(ResourceClaimTemplate value, ResourceClaimTemplate old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec, value.Spec, old.Spec);
}
