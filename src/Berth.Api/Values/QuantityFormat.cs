namespace Berth.Api;

/// <summary>Suffix family of a <see cref="Quantity"/>.</summary>
public enum QuantityFormat
{
    /// <summary>Powers of ten: n, u, m, k, M, G, T, P, E.</summary>
    DecimalSI,

    /// <summary>Powers of 1024: Ki, Mi, Gi, Ti, Pi, Ei.</summary>
    BinarySI,

    /// <summary>A power of ten in digits: 1e3.</summary>
    DecimalExponent,
}
