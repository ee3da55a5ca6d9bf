namespace Berth.Cel.Syntax;

/// <param name="Text">As written.</param>
/// <param name="Content">Of strings and bytes: what the quotes and escapes amount to.</param>
internal readonly record struct Token(TokenKind Kind, int Position, string Text, object? Content = null)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;
}
