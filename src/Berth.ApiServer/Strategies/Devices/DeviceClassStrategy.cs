using Berth.Api.Resource.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Devices;

public sealed class DeviceClassStrategy : ResourceStrategy<DeviceClass>
{
    public override void Validate(DeviceClass value, FieldErrors errors)
    {
        DeviceRequestRules.Selectors(errors, FieldPath.Spec["selectors"], value.Spec.Selectors);
        for (var i = 0; i < value.Spec.Config.Count; i++)
            DeviceRequestRules.Opaque(errors, FieldPath.Spec["config"][i], value.Spec.Config[i].Opaque);
        if (value.Spec.ExtendedResourceName is { } name && !ResourceNames.IsExtended(name))
            errors.Invalid(FieldPath.Spec["extendedResourceName"], (object)name, "must be a valid extended resource name");
    }

    public override void ValidateCreate(DeviceClass value, FieldErrors errors) =>
        DeviceRequestRules.Expressions(errors, FieldPath.Spec["selectors"], value.Spec.Selectors);

    // Selectors that are stored stay, whatever is thought of them today; who changes one answers for all.
    public override void ValidateUpdate(DeviceClass value, DeviceClass old, FieldErrors errors)
    {
        if (!value.Spec.Selectors.Equals(old.Spec.Selectors))
            DeviceRequestRules.Expressions(errors, FieldPath.Spec["selectors"], value.Spec.Selectors);
    }
}
