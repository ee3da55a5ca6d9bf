namespace Berth.Cel.Syntax;

internal enum TokenKind
{
    End,
    Identifier,
    Int,
    Uint,
    Double,
    String,
    Bytes,

    /// <summary>Punctuation and operators; <c>in</c>, <c>true</c>, <c>false</c> and <c>null</c> too.</summary>
    Symbol,
}
