namespace Berth.Cel.Syntax;

/// <summary>Ends the parsing of an expression; never leaves the parser.</summary>
internal sealed class ParseException(int position, string message) : Exception(message)
{
    public int Position => position;
}
