using Berth.Api.Storage.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Storage;

/// <summary>A class never changes: volumes were made, and modified, by what it said.</summary>
public sealed class VolumeAttributesClassStrategy : ResourceStrategy<VolumeAttributesClass>
{
    private static readonly FieldPath s_driver = FieldPath.Root["driverName"];
    private static readonly FieldPath s_parameters = FieldPath.Root["parameters"];

    public override bool HasGeneration => false;

    public override void Validate(VolumeAttributesClass value, FieldErrors errors)
    {
        ClassRules.Driver(errors, s_driver, value.DriverName);
        ClassRules.Parameters(errors, s_parameters, value.Parameters);
        if (value.Parameters.IsEmpty)
            errors.Required(s_parameters, "must contain at least one key/value pair");
    }

    public override void ValidateUpdate(VolumeAttributesClass value, VolumeAttributesClass old, FieldErrors errors)
    {
        if (value.DriverName != old.DriverName)
            errors.Forbidden(s_driver, "updates to driverName are forbidden.");
        if (!value.Parameters.Equals(old.Parameters))
            errors.Forbidden(s_parameters, "updates to parameters are forbidden.");
    }
}
