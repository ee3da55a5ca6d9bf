using System.Globalization;
using System.Text;

namespace Berth.Cel.Syntax;

/// <summary>Cuts a text into tokens. What it cannot read is an issue, and is passed over.</summary>
internal sealed class Lexer(string source, List<CelIssue> issues)
{
    private static readonly string[] s_symbols =
        ["==", "!=", "<=", ">=", "&&", "||", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":", "+", "*", "/", "%", "<", ">"];

    private int _at;

    public List<Token> All()
    {
        var tokens = new List<Token>();
        while (true)
        {
            SkipBlanks();
            if (_at >= source.Length)
            {
                tokens.Add(new Token(TokenKind.End, source.Length, "<EOF>"));
                return tokens;
            }

            if (Next() is { } token)
                tokens.Add(token);
        }
    }

    private void SkipBlanks()
    {
        while (_at < source.Length)
        {
            if (source[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (Ahead("//"))
            {
                var end = source.IndexOf('\n', _at);
                _at = end < 0 ? source.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private Token? Next()
    {
        var (start, first) = (_at, source[_at]);
        if (StringPrefix() is { } prefix)
            return Text(prefix);
        if (char.IsAsciiDigit(first) || (first == '.' && _at + 1 < source.Length && char.IsAsciiDigit(source[_at + 1])))
            return Number();
        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] == '_'))
                _at++;
            var word = source[start.._at];
            return new Token(word is "in" or "true" or "false" or "null" ? TokenKind.Symbol : TokenKind.Identifier, start, word);
        }

        foreach (var symbol in s_symbols)
        {
            if (!Ahead(symbol))
                continue;
            _at += symbol.Length;
            return new Token(TokenKind.Symbol, start, symbol);
        }

        _at += char.IsHighSurrogate(first) && _at + 1 < source.Length ? 2 : 1;
        issues.Add(new CelIssue(start, $"Syntax error: token recognition error at: '{source[start.._at]}'"));
        return null;
    }

    private bool Ahead(string text) => string.CompareOrdinal(source, _at, text, 0, text.Length) == 0;

    private Token Number()
    {
        var start = _at;
        if (Ahead("0x") && _at + 2 < source.Length && char.IsAsciiHexDigit(source[_at + 2]))
        {
            _at += 2;
            while (_at < source.Length && char.IsAsciiHexDigit(source[_at]))
                _at++;
            return Whole(start);
        }

        Digits();
        var isDouble = false;
        if (_at + 1 < source.Length && source[_at] == '.' && char.IsAsciiDigit(source[_at + 1]))
        {
            isDouble = true;
            _at++;
            Digits();
        }

        if (_at < source.Length && source[_at] is 'e' or 'E')
        {
            var digit = _at + 1 < source.Length && source[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
            if (digit < source.Length && char.IsAsciiDigit(source[digit]))
            {
                isDouble = true;
                _at = digit;
                Digits();
            }
        }

        return isDouble ? new Token(TokenKind.Double, start, source[start.._at]) : Whole(start);
    }

    private Token Whole(int start)
    {
        if (_at < source.Length && source[_at] is 'u' or 'U')
        {
            _at++;
            return new Token(TokenKind.Uint, start, source[start.._at]);
        }

        return new Token(TokenKind.Int, start, source[start.._at]);
    }

    private void Digits()
    {
        while (_at < source.Length && char.IsAsciiDigit(source[_at]))
            _at++;
    }

    // Letters before the quote: r for raw, b for bytes, in any order and case.
    private (int Length, bool Raw, bool Bytes)? StringPrefix()
    {
        var (raw, bytes) = (false, false);
        for (var i = _at; i < source.Length && i < _at + 3; i++)
        {
            switch (source[i])
            {
                case 'r' or 'R' when !raw:
                    raw = true;
                    break;
                case 'b' or 'B' when !bytes:
                    bytes = true;
                    break;
                case '"' or '\'':
                    return (i - _at, raw, bytes);
                default:
                    return null;
            }
        }

        return null;
    }

    private Token? Text((int Length, bool Raw, bool Bytes) prefix)
    {
        var start = _at;
        _at += prefix.Length;
        var quote = source[_at].ToString();
        if (Ahead(quote + quote + quote))
            quote = quote + quote + quote;
        _at += quote.Length;
        var text = new StringBuilder();
        var bytes = prefix.Bytes ? new List<byte>() : null;
        while (true)
        {
            if (_at >= source.Length || (quote.Length == 1 && source[_at] is '\n' or '\r' && quote.Length == 1))
            {
                issues.Add(new CelIssue(start, $"Syntax error: token recognition error at: '{source[start.._at]}'"));
                return null;
            }

            if (Ahead(quote))
            {
                _at += quote.Length;
                break;
            }

            if (source[_at] == '\\' && !prefix.Raw)
            {
                if (!Escape(text, bytes))
                {
                    issues.Add(new CelIssue(start, $"Syntax error: token recognition error at: '{source[start..Math.Min(_at + 2, source.Length)]}'"));
                    _at = Math.Min(_at + 2, source.Length);
                }

                continue;
            }

            if (source[_at] == '\\' && prefix.Raw && _at + 1 < source.Length && source[_at + 1] == quote[0])
            {
                // A raw text keeps the backslash, but the quote behind it does not end the text.
                Plain(text, bytes, 2);
                continue;
            }

            Plain(text, bytes, char.IsHighSurrogate(source[_at]) && _at + 1 < source.Length ? 2 : 1);
        }

        var written = source[start.._at];
        return bytes is null
            ? new Token(TokenKind.String, start, written, text.ToString())
            : new Token(TokenKind.Bytes, start, written, bytes.ToArray());
    }

    private void Plain(StringBuilder text, List<byte>? bytes, int length)
    {
        if (bytes is null)
            text.Append(source, _at, length);
        else
            bytes.AddRange(Encoding.UTF8.GetBytes(source.Substring(_at, length)));
        _at += length;
    }

    private bool Escape(StringBuilder text, List<byte>? bytes)
    {
        if (_at + 1 >= source.Length)
            return false;
        var kind = source[_at + 1];
        var simple = kind switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '"' or '\'' or '`' or '?' => kind,
            _ => '\0',
        };
        if (simple != '\0')
        {
            Add(simple);
            _at += 2;
            return true;
        }

        var (digits, from, radix) = kind switch
        {
            'x' or 'X' => (2, 2, 16),
            'u' when bytes is null => (4, 2, 16),
            'U' when bytes is null => (8, 2, 16),
            >= '0' and <= '3' => (3, 1, 8),
            _ => (0, 0, 0),
        };
        if (digits == 0 || _at + from + digits > source.Length || !TryNumber(source.AsSpan(_at + from, digits), radix, out var value))
            return false;
        if (bytes is null && !Rune.IsValid(value))
            return false;
        Add(value);
        _at += from + digits;
        return true;

        void Add(int code)
        {
            if (bytes is not null)
                bytes.Add((byte)code);
            else
                text.Append(new Rune(code).ToString());
        }
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, int radix, out int value)
    {
        value = 0;
        if (radix == 16)
            return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
                return false;
            value = value * 8 + (digit - '0');
        }

        return true;
    }
}
