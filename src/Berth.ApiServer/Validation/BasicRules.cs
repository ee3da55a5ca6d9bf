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

    /// <summary>A DNS domain, '/' and a path: <c>acme.io/foo</c>.</summary>
    public static void DomainPrefixedPath(FieldErrors errors, FieldPath path, string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (value.Length == 0)
        {
            errors.Required(path);
        }
        else if (slash <= 0 || slash == value.Length - 1)
        {
            errors.Invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        }
        else
        {
            errors.Invalid(path, value[..slash], NameSyntax.DnsSubdomain(value[..slash]));
            if (!value.AsSpan(slash + 1).ContainsOnlyPathCharacters())
                errors.Invalid(path, value[(slash + 1)..], "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
        }
    }

    public static void RequiredSegment(FieldErrors errors, FieldPath path, string value)
    {
        if (value.Length == 0)
            errors.Required(path);
        else
            errors.Invalid(path, value, NameSyntax.PathSegment(value));
    }

    private static bool ContainsOnlyPathCharacters(this ReadOnlySpan<char> path)
    {
        foreach (var c in path)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"/-._~%!$&'()*+,;=:".Contains(c, StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
