using Berth.Api;

namespace Berth.ApiServer.Validation;

/// <summary>Rules of single values that many kinds share.</summary>
internal static class BasicRules
{
    public const string Immutable = "field is immutable";

    public static void NonNegative(FieldErrors errors, FieldPath path, long value)
    {
        if (value < 0)
            errors.Invalid(path, value, "must be greater than or equal to 0");
    }

    public static void NonNegative(FieldErrors errors, FieldPath path, Quantity value)
    {
        if (value.IsNegative)
            errors.Invalid(path, value, "must be greater than or equal to 0");
    }

    public static void Positive(FieldErrors errors, FieldPath path, long value)
    {
        if (value <= 0)
            errors.Invalid(path, value, "must be greater than zero");
    }

    public static void OneOf(FieldErrors errors, FieldPath path, string value, params ReadOnlySpan<string> supported)
    {
        if (!supported.Contains(value))
            errors.NotSupported(path, value, supported.ToArray());
    }

    public static void RequiredOneOf(FieldErrors errors, FieldPath path, string value, params ReadOnlySpan<string> supported)
    {
        if (value.Length == 0)
            errors.Required(path);
        else
            OneOf(errors, path, value, supported);
    }

    public static void Unchanged<T>(FieldErrors errors, FieldPath path, T value, T old)
    {
        if (!EqualityComparer<T>.Default.Equals(value, old))
            errors.Invalid(path, value, Immutable);
    }

    public static void Port(FieldErrors errors, FieldPath path, IntOrString port)
    {
        if (port.IsString)
            errors.Invalid(path, port.String, NameSyntax.PortName(port.String));
        else
            errors.Invalid(path, port.Int, NameSyntax.PortNumber(port.Int));
    }

    /// <summary>A count or a percentage, neither negative.</summary>
    public static void CountOrPercent(FieldErrors errors, FieldPath path, IntOrString value)
    {
        if (value.IsString)
            errors.Invalid(path, value, NameSyntax.Percent(value.String));
        else
            NonNegative(errors, path, value.Int);
    }

    public static bool IsZero(IntOrString value) => value.IsString ? value.String is "0%" or "00%" or "000%" : value.Int == 0;

    public static void AtMostAllOf(FieldErrors errors, FieldPath path, IntOrString value)
    {
        if (value.IsString && value.String.EndsWith('%') && int.TryParse(value.String.AsSpan(0, value.String.Length - 1), out var percent) && percent > 100)
            errors.Invalid(path, value, "must not be greater than 100%");
    }
}
