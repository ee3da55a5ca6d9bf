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
}
